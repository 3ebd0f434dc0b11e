// The fragment stages of lines and points: of the picture, and of a shadow map. Needs VertexOut, surface and shade.

struct Shaded {
    @location(0) color: vec4f,
    @builtin(frag_depth) depth: f32,
}

@fragment
fn fs_main(in: VertexOut) -> Shaded {
    let s = surface(in);
    if !s.covers { discard; }
    return Shaded(pixel(shade(s.point)), s.depth);
}

@fragment
fn fs_depth(in: VertexOut) -> @builtin(frag_depth) f32 {
    let s = surface(in);
    if !s.covers { discard; }
    return s.depth;
}
