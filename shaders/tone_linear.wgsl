// output returns a linear colour as a target stores it that encodes sRGB itself.
fn output(c: vec3f) -> vec4f { return vec4f(c, 1.0); }
