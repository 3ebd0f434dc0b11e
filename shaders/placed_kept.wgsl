// The matrices that cull_keep_model.wgsl keeps. They count from the eye.
@group(1) @binding(3) var<storage, read> models: array<mat4x4f>;

fn placed(slot: u32, r: Record) -> mat4x4f { return models[slot]; }
