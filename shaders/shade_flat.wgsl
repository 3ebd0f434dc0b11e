// The built-in shade of lines, which are not lit. BatchConfig.Shade replaces it.

fn shade(p: Point) -> vec4f { return p.color; }
