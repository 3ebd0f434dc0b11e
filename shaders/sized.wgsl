// Sizes in pixels, for lines and points.

// finite reports whether no component is infinite or NaN. (A comparison with itself may be optimized away.)
fn finite(v: vec4f) -> bool { return all((bitcast<vec4u>(v) & vec4u(0x7f800000u)) != vec4u(0x7f800000u)); }

// pixel_size returns how many metres a pixel is where clip coordinates have w = 1. It is 0 in shadow maps, where
// sizes in pixels mean nothing.
fn pixel_size() -> f32 { return select(0.0, 1.0 / frame.pixels, frame.eye.w != 0.0); }

// perpendicular returns a vector of length 1 that is perpendicular to n, which has length 1 (Duff et al., "Building an
// Orthonormal Basis, Revisited", 2017).
fn perpendicular(n: vec3f) -> vec3f {
    let s = select(-1.0, 1.0, n.z >= 0.0);
    let a = -1.0 / (s + n.z);
    return vec3f(1.0 + s * n.x * n.x * a, s * n.x * n.y * a, -s * n.x);
}

// What a pixel shows of a line or a point.
struct Surface {
    point: Point,
    depth: f32,
    covers: bool,  // the pixel is covered
}
