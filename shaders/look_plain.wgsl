// The plain look: light from the sun and from a hemisphere of sky, without shadows. Declares lit, which a shade of
// yours may call.

fn lit(p: Point) -> vec3f {
    return p.color.rgb * daylight(p.normal, 1.0, 1.0);
}
