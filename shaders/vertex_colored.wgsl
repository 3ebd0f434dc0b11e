// The vertex stage of a mesh whose vertices have colours: one instance for each slot. Needs Record, model and tint.
// Declares VertexOut and vs_main.

struct VertexOut {
    @builtin(position) clip: vec4f,
    @location(0) position: vec3f,
    @location(1) normal: vec3f,
    @location(2) local: vec3f,
    @location(3) color: vec4f,
    @location(4) @interpolate(flat) index: u32,
}

@vertex
fn vs_main(@location(0) position: vec3f, @location(1) normal: vec3f, @location(2) color: vec4f,
    @builtin(instance_index) place: u32) -> VertexOut {
    let slot = slot_at(place);
    let r = records[slot];
    let m = placed(slot, r);
    let index = batch.first + slot;
    // The zero matrix puts all vertices at one place: no area, and nothing is drawn.
    let seen = (m * vec4f(position, 1.0)).xyz;
    let n = unit(cofactors(m) * normal);
    return VertexOut(frame.eye_proj * vec4f(seen, 1.0), seen + frame.eye.xyz, n, position, tint(r, index) * color, index);
}
