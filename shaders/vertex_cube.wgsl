// The vertex stage of the unit cube, for a fragment stage that shades each pixel. Needs corner, Record, model and tint.
// Declares VertexOut and vs_main.

struct VertexOut {
    @builtin(position) clip: vec4f,
    @location(0) position: vec3f,
    @location(1) @interpolate(flat) normal: vec3f,
    @location(2) local: vec3f,
    @location(3) @interpolate(flat) color: vec4f,
    @location(4) @interpolate(flat) index: u32,
}

@vertex
fn vs_main(@builtin(vertex_index) vertex: u32, @builtin(instance_index) run: u32) -> VertexOut {
    let place = slot_at(run * cube_run + (vertex >> 3u));
    let slot = place & 0x7fffffffu;
    let r = records[slot];
    let index = batch.first + slot;
    let p = corner(placed(slot, r), vertex & 7u);
    // A branch would cost more than it saves.
    let clip = select(frame.eye_proj * vec4f(p.seen, 1.0), vec4f(), place != slot);
    return VertexOut(clip, p.seen + frame.eye.xyz, p.normal, p.local, tint(r, index), index);
}
