// A matrix that takes computing is kept for the vertex stage.
@group(1) @binding(4) var<storage, read_write> models: array<mat4x4f>;

fn cull_keep(slot: u32, m: mat4x4f, seen: bool) {
    if seen { models[slot] = m; }
}
