// A slot that moves by itself between two ticks. Needs frame.now, batch.tick and batch.ahead. Declares Motion and
// moved; a Record of yours may contain a Motion and call moved.

struct Motion {
    from_place: vec3f,
    start: u32,         // microseconds: at this time it is at from_place, and batch.tick later at to_place
    from_turn: vec4f,   // quaternions: w, x, y, z
    to_place: vec3f,
    scale: f32,
    to_turn: vec4f,
}

// The clock wraps: if start lies in the future, now - start is a large number. From motion_ahead on it means a future
// start, so a start may be up to 2^28 microseconds ahead, four and a half minutes.
const motion_ahead = 0xf0000000u;

// unit_turn returns q at length 1. q may be of any length. A q that is zero, or not finite, stands for no turn.
fn unit_turn(q: vec4f) -> vec4f {
    let u = q / max(max(abs(q.x), abs(q.y)), max(abs(q.z), abs(q.w)));
    let square = dot(u, u);
    return select(vec4f(1.0, 0.0, 0.0, 0.0), u * inverseSqrt(square), square >= 0.5);
}

// moved returns the matrix of m at the time that the batch's clock shows. It turns mesh into world coordinates.
fn moved(m: Motion) -> mat4x4f {
    let since = frame.now + batch.ahead - m.start;
    let t = select(min(f32(since) / f32(max(batch.tick, 1u)), 1.0), 0.0, since >= motion_ahead);
    // A mean of two turns is uneven in time. This weight makes it even (Kapoulkine, "Approximating slerp", 2015).
    let p = unit_turn(m.from_turn);
    let r = unit_turn(m.to_turn);
    let c = dot(p, r);
    let d = abs(c);
    let h = t - 0.5;
    let k = (1.0904 + d * (-3.2452 + d * (3.55645 - d * 1.43519))) * h * h + (0.848013 + d * (-1.06021 + d * 0.215638));
    let u = t + t * h * (t - 1.0) * k;
    let q = mix(p, select(r, -r, c < 0.0), u);  // shorter than 1 on the way
    let v = q.yzw * (2.0 / max(dot(q, q), 1e-37));
    let w = v * q.x;
    let xx = q.y * v.x; let yy = q.z * v.y; let zz = q.w * v.z;
    let xy = q.y * v.y; let xz = q.y * v.z; let yz = q.z * v.z;
    return mat4x4f(
        vec4f(vec3f(1.0 - yy - zz, xy + w.z, xz - w.y) * m.scale, 0.0),
        vec4f(vec3f(xy - w.z, 1.0 - xx - zz, yz + w.x) * m.scale, 0.0),
        vec4f(vec3f(xz + w.y, yz - w.x, 1.0 - xx - yy) * m.scale, 0.0),
        vec4f(mix(m.from_place, m.to_place, t), 1.0));
}
