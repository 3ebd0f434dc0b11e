// The fragment stage of Pick: the number of the batch, and the arena index of the slot plus 1. Needs VertexOut.

@fragment
fn fs_pick(in: VertexOut) -> @location(0) vec2u { return vec2u(batch.id, in.index + 1u); }
