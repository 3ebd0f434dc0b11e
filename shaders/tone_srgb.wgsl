// output returns a linear colour as a target stores it that does not encode sRGB itself. (With a switch in one file, a
// software driver would compute both ways.)
fn output(c: vec3f) -> vec4f {
    let x = clamp(c, vec3f(0.0), vec3f(1.0));
    return vec4f(select(1.055 * pow(x, vec3f(1.0 / 2.4)) - 0.055, 12.92 * x, x < vec3f(0.0031308)), 1.0);
}
