// A slot is a render.Point. Declares Record, model, tint, and what vertex_point.wgsl needs.
struct Record {
    center: vec3f,
    radius: f32,  // metres
    pixels: f32,  // the least radius
    color: u32,
    spare: vec2u,
}

// point_radius returns the radius in metres of a point that is seen from the eye. It is 0 for a point that draws
// nothing.
fn point_radius(r: Record, seen: vec3f) -> f32 {
    let w = max((frame.eye_proj * vec4f(seen, 1.0)).w, 0.0);
    let radius = max(r.radius, r.pixels * w * pixel_size());
    return select(0.0, radius, finite(vec4f(r.center, r.radius)) && finite(vec4f(r.pixels)) && radius > 0.0);
}

// model returns the matrix that turns the cube of edge 1 into the box around the point.
fn model(r: Record) -> mat4x4f {
    let seen = from_eye(mat4x4f(vec4f(), vec4f(), vec4f(), vec4f(r.center, 1.0)))[3].xyz;
    let d = 2.0 * point_radius(r, seen);
    return mat4x4f(vec4f(d, 0.0, 0.0, 0.0), vec4f(0.0, d, 0.0, 0.0), vec4f(0.0, 0.0, d, 0.0),
        select(vec4f(0.0, 0.0, 0.0, 1.0), vec4f(r.center, 1.0), d > 0.0));
}

fn tint(r: Record, index: u32) -> vec4f { return select(unpack4x8unorm(r.color), vec4f(1.0), r.color == 0u); }
