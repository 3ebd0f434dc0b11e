// Matrices that are records cost nothing to find again.
fn cull_keep(slot: u32, m: mat4x4f, seen: bool) {}
