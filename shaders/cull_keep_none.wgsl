// A matrix that is the record itself need not be kept.
fn cull_keep(slot: u32, m: mat4x4f, seen: bool) {}
