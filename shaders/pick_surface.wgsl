// The fragment stage of Pick, of lines and points: the number of the batch, and the arena index of the slot plus 1.
// Needs VertexOut and surface.

struct Picked {
    @location(0) slot: vec2u,
    @builtin(frag_depth) depth: f32,
}

@fragment
fn fs_pick(in: VertexOut) -> Picked {
    let s = surface(in);
    if !s.covers { discard; }
    return Picked(vec2u(batch.id, in.index + 1u), s.depth);
}
