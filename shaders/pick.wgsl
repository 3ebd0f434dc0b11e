// The fragment stage of Pick: the number of the batch, the arena index of the slot plus 1, and the slot's shape. Needs
// VertexOut and shape_drawn.

@fragment
fn fs_pick(in: VertexOut) -> @location(0) vec4u { return vec4u(batch.id, in.index + 1u, shape_drawn(), 0u); }
