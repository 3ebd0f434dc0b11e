// The vertex stage of the unit cube, for fragments that shade each pixel.
// Needs corner, Record, model, tint; gives VertexOut and vs_main.

struct VertexOut {
    @builtin(position) clip: vec4f,
    @location(0) position: vec3f,
    @location(1) @interpolate(flat) normal: vec3f,
    @location(2) local: vec3f,
    @location(3) @interpolate(flat) color: vec4f,
    @location(4) @interpolate(flat) index: u32,
}

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32) -> VertexOut {
    let slot = vertex >> 3u;
    let r = records[slot];
    let index = batch.first + slot;
    let p = corner(model(r), vertex & 7u);
    return VertexOut(frame.view_proj * vec4f(p.world, 1.0), p.world, p.normal, p.local, tint(r, index), index);
}
