// The vertex stage of lines: a strip that faces the eye, with round ends. Needs record_line.wgsl and sized.wgsl.
// Declares VertexOut, vs_main and surface.
//
// A line is drawn nearer to the eye than its axis: by half its width in metres, and by at least two of its widths in
// pixels. So the outline of a box is not half hidden by the box. And the ground does not cut a grid that lies on it,
// although it is nearer to the eye half a pixel further down.

struct VertexOut {
    @builtin(position) clip: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) local: vec3f,                    // x: 0 at A to 1 at B, y: -1 to 1 across
    @location(3) color: vec4f,
    @location(4) @interpolate(flat) index: u32,
    @location(5) beyond: vec4f,                   // A's end, B's end, the axis; in radii, times w; w
}

@vertex
fn vs_main(@location(0) corner: vec3f, @builtin(instance_index) place: u32) -> VertexOut {
    let slot = slot_at(place);
    let r = records[slot];
    let a = from_eye(mat4x4f(vec4f(), vec4f(), vec4f(), vec4f(r.a, 1.0)))[3].xyz;
    let b = from_eye(mat4x4f(vec4f(), vec4f(), vec4f(), vec4f(r.b, 1.0)))[3].xyz;
    let clip_a = frame.eye_proj * vec4f(a, 1.0);
    let clip_b = frame.eye_proj * vec4f(b, 1.0);
    // Cut the line at the near plane, where w is z.
    let near_a = clip_a.w - clip_a.z;
    let near_b = clip_b.w - clip_b.z;
    let cut = clamp(near_a / select(near_a - near_b, 1.0, near_a == near_b), 0.0, 1.0);
    let from_a = select(0.0, cut, near_a < 0.0);
    let to_b = select(1.0, cut, near_b < 0.0);
    let c = mix(clip_a, clip_b, from_a);
    let d = mix(clip_a, clip_b, to_b);
    let half = 0.5 * vec2f(frame.width, frame.height);  // pixels
    let p = c.xy / c.w * half;
    let q = d.xy / d.w * half;
    // Half the width in pixels, at the two ends.
    let least = select(0.0, r.pixels, frame.eye.w != 0.0);
    let radius_p = min(0.5 * max(r.width * frame.pixels / c.w, least), 65536.0);
    let radius_q = min(0.5 * max(r.width * frame.pixels / d.w, least), 65536.0);
    let length_pq = distance(p, q);
    let along = select(vec2f(1.0, 0.0), (q - p) / length_pq, length_pq > 1e-6);
    let at_b = corner.x > 0.5;
    let radius = select(radius_p, radius_q, at_b);
    let end = select(c, d, at_b);
    let t = select(from_a, to_b, at_b);
    let pixel = select(p, q, at_b) + radius * (along * (corner.x * 2.0 - 1.0) + vec2f(-along.y, along.x) * corner.y);
    let seen = mix(a, b, t);
    let nearer = min(max(0.5 * r.width, 2.0 * least * end.w / frame.pixels) / max(length(seen), 1e-30), 0.5);
    let front = frame.eye_proj * vec4f(seen * (1.0 - select(0.0, nearer, frame.eye.w != 0.0)), 1.0);
    let z = min(front.z / front.w, 1.0) * end.w;
    let drawn = line_drawn(r) && (near_a >= 0.0 || near_b >= 0.0);
    let clip = select(vec4f(), vec4f(pixel / half * end.w, z, end.w), drawn);
    let before = select(vec2f(1.0, -(length_pq + radius_p) / radius_q), vec2f(-(length_pq + radius_q) / radius_p, 1.0), at_b);
    return VertexOut(clip, seen + frame.eye.xyz, unit(-seen), vec3f(t, corner.y, 0.0),
        mix(line_color(r.color_a), line_color(r.color_b), t), batch.first + slot, vec4f(before, corner.y, 1.0) * end.w);
}

// surface returns what a pixel shows. Divided by w, what was multiplied with w is linear on the screen.
fn surface(in: VertexOut) -> Surface {
    let beyond = in.beyond.xyz / in.beyond.w;
    let outside = vec2f(max(max(beyond.x, beyond.y), 0.0), beyond.z);
    return Surface(Point(in.position, in.normal, in.local, in.color, in.index), in.clip.z, dot(outside, outside) <= 1.0 || outside.x == 0.0);
}
