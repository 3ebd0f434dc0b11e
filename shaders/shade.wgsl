// The built-in shade. BatchConfig.Shade replaces it.

fn shade(p: Point) -> vec4f { return vec4f(lit(p), p.color.a); }
