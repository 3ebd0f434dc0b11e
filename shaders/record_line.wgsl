// A slot is a render.Line. Declares Record, model, tint, and what vertex_line.wgsl needs.
struct Record {
    a: vec3f,
    width: f32,   // metres
    b: vec3f,
    pixels: f32,  // the least width
    color_a: u32,
    color_b: u32,
}

fn line_color(c: u32) -> vec4f { return select(unpack4x8unorm(c), vec4f(1.0), c == 0u); }

// line_drawn reports whether a line has a length and a width, all of them finite.
fn line_drawn(r: Record) -> bool {
    return finite(vec4f(r.a, r.width)) && finite(vec4f(r.b, r.pixels)) && any(r.a != r.b)
        && max(r.width, r.pixels * pixel_size()) > 0.0;
}

// model returns the matrix that turns the cube of edge 1 into a box around the line. A width in pixels is that of the
// end that is farther away.
fn model(r: Record) -> mat4x4f {
    let middle = 0.5 * r.a + 0.5 * r.b;
    let along = r.b - r.a;
    let across = perpendicular(unit(along));
    let seen = from_eye(mat4x4f(vec4f(), vec4f(), vec4f(), vec4f(middle, 1.0)))[3].xyz;
    let w = transpose(frame.eye_proj)[3];
    let far = dot(w, vec4f(seen, 1.0)) + 0.5 * abs(dot(w.xyz, along));
    let width = max(r.width, max(r.pixels, 0.0) * max(far, 0.0) * pixel_size());
    let drawn = line_drawn(r);
    return mat4x4f(
        select(vec4f(), vec4f(along + unit(along) * width, 0.0), drawn),
        select(vec4f(), vec4f(across * width, 0.0), drawn),
        select(vec4f(), vec4f(cross(unit(along), across) * width, 0.0), drawn),
        select(vec4f(0.0, 0.0, 0.0, 1.0), vec4f(middle, 1.0), drawn));
}

fn tint(r: Record, index: u32) -> vec4f { return line_color(r.color_a); }
