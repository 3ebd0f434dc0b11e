// The fragment stage of picking: which batch, and which slot of it, counted from 1.
// Needs VertexOut.

@fragment
fn fs_pick(in: VertexOut) -> @location(0) vec2u { return vec2u(batch.id, in.index + 1u); }
