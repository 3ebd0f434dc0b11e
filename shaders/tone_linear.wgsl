// output turns linear colour into what a target stores that encodes sRGB itself.
fn output(c: vec3f) -> vec4f { return vec4f(c, 1.0); }
