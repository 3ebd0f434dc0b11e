// The fragment stage of Pick, of lines and points: the same as of pick.wgsl. Needs VertexOut, surface and
// shape_drawn.

struct Picked {
    @location(0) slot: vec4u,
    @builtin(frag_depth) depth: f32,
}

@fragment
fn fs_pick(in: VertexOut) -> Picked {
    let s = surface(in);
    if !s.covers { discard; }
    return Picked(vec4u(batch.id, in.index + 1u, shape_drawn(), 0u), s.depth);
}
