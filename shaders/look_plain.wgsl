// The plain look: the sun and a hemisphere of sky light, no shadows.
// Gives lit, which a shade of one's own may call.

fn lit(p: Point) -> vec3f {
    return p.color.rgb * daylight(p.normal, 1.0, 1.0);
}
