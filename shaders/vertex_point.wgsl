// The vertex stage of points: a triangle around a ball that the fragment stage meets with a line of sight. Needs
// record_point.wgsl and sized.wgsl. Declares VertexOut, vs_main and surface.

struct VertexOut {
    @builtin(position) clip: vec4f,
    @location(0) offset: vec3f,                      // from the centre, perpendicular to the line of sight, in radii
    @location(1) @interpolate(flat) center: vec4f,   // from the eye; w: the radius
    @location(2) @interpolate(flat) towards: vec4f,  // the direction to the eye; w: radius over distance
    @location(3) @interpolate(flat) color: vec4f,
    @location(4) @interpolate(flat) index: u32,
}

@vertex
fn vs_main(@location(0) corner: vec3f, @builtin(instance_index) place: u32) -> VertexOut {
    let slot = slot_at(place);
    let r = records[slot];
    let index = batch.first + slot;
    let center = from_eye(mat4x4f(vec4f(), vec4f(), vec4f(), vec4f(r.center, 1.0)))[3].xyz;
    let radius = point_radius(r, center);
    let perspective = frame.eye.w != 0.0;
    let towards = select(frame.eye.xyz, unit(-center), perspective);
    let part = select(0.0, radius / max(length(center), 1e-30), perspective);
    // The cone of sight around the ball is wider than the ball at its centre.
    let wider = inverseSqrt(max(1.0 - part * part, 1e-6));
    let u = perpendicular(towards);
    let offset = (u * corner.x + cross(towards, u) * corner.y) * wider;
    let clip = frame.eye_proj * vec4f(center + offset * radius, 1.0);
    // An eye inside of the ball sees nothing of it. The fragment stage knows the depth.
    let drawn = radius > 0.0 && part < 0.999;
    return VertexOut(select(vec4f(), vec4f(clip.xy, 0.5 * clip.w, clip.w), drawn), offset, vec4f(center, radius), vec4f(towards, part),
        tint(r, index), index);
}

// surface returns where the line of sight through a pixel meets the ball. With lengths in radii, the centre at 0, the
// eye at n/e and the pixel at q, the line is q + t (n/e - q). Its nearer place at distance 1 is at t = (s e² + e
// root) / (s e² + 1), with s = q·q and root = sqrt(1 - s + s e²).
fn surface(in: VertexOut) -> Surface {
    let e = in.towards.w;
    let s = dot(in.offset, in.offset);
    let inside = 1.0 - s + s * e * e;
    let root = sqrt(max(inside, 0.0));
    let below = 1.0 / (s * e * e + 1.0);
    let t = (s * e + root) * e * below;
    let normal = unit(in.offset * (1.0 - t) + in.towards.xyz * ((s * e + root) * below));
    let seen = in.center.xyz + normal * in.center.w;
    let clip = frame.eye_proj * vec4f(seen, 1.0);
    let depth = clip.z / clip.w;
    return Surface(Point(seen + frame.eye.xyz, normal, normal, in.color, in.index), depth, inside > 0.0 && depth <= 1.0);
}
