// A slot that is a few pixels high, as a square across the line of sight that covers as many pixels as the mesh does on
// average. Its colour is the mean of the three faces of the mesh's box that the eye sees, each weighted by its part of
// the silhouette. Needs Record, model, tint, shade and Part. Declares VertexOut, vs_main and fs_main.

struct VertexOut {
    @builtin(position) clip: vec4f,
    @location(0) position: vec3f,
    @location(1) @interpolate(flat) a: vec3f,      // the normals of the three faces; each is as long as the part of the
    @location(2) @interpolate(flat) b: vec3f,      // silhouette that the face covers
    @location(3) @interpolate(flat) c: vec3f,
    @location(4) @interpolate(flat) color: vec4f,
    @location(5) @interpolate(flat) index: u32,
}

const square_run = 64u;

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32, @builtin(instance_index) run: u32) -> VertexOut {
    let place = slot_at(run * square_run + (vertex >> 2u));
    let slot = place & 0x7fffffffu;
    let r = records[slot];
    let index = batch.first + slot;
    let m = placed(slot, r);
    let a = 2.0 * part.half.x * m[0].xyz;
    let b = 2.0 * part.half.y * m[1].xyz;
    let c = 2.0 * part.half.z * m[2].xyz;
    let p = (m * vec4f(part.center.xyz, 1.0)).xyz;
    let eye = unit(select(frame.eye.xyz, -p, frame.eye.w != 0.0));
    let bc = cross(b, c);
    let ca = cross(c, a);
    let ab = cross(a, b);
    let areas = vec3f(dot(bc, eye), dot(ca, eye), dot(ab, eye));  // of the faces' silhouettes; negative: seen from behind
    let all = max(dot(abs(areas), vec3f(1.0)), 1e-37);
    let right = unit(cross(select(vec3f(0.0, 1.0, 0.0), vec3f(0.0, 0.0, 1.0), abs(eye.y) > 0.9), eye));
    let corner = vertex & 3u;
    let x = select(-0.5, 0.5, corner == 1u || corner == 2u);
    let y = select(-0.5, 0.5, corner > 1u);
    let seen = p + (right * x + cross(eye, right) * y) * sqrt(all * part.center.w);
    let clip = select(frame.eye_proj * vec4f(seen, 1.0), vec4f(), place != slot);
    return VertexOut(clip, seen + frame.eye.xyz, unit(bc) * (areas.x / all), unit(ca) * (areas.y / all), unit(ab) * (areas.z / all),
        tint(r, index) * part.color, index);
}

// face returns the colour of a face with this normal, times the normal's length.
fn face(in: VertexOut, n: vec3f) -> vec4f {
    let part_seen = length(n);
    return shade(Point(in.position, n / max(part_seen, 1e-37), part.center.xyz, in.color, in.index)) * part_seen;
}

@fragment
fn fs_main(in: VertexOut) -> @location(0) vec4f { return pixel(face(in, in.a) + face(in, in.b) + face(in, in.c)); }
