// Scatter: copies packed slots to their places in a page. One thread per vec4; integers, so that no bit changes.

const vecs = 4u; // vec4s in a slot; the uploader puts the true number here: dividing by a constant is cheap

struct Section {
    slots: u32,  // packed slots of this section
    places: u32, // where their places (slot indices in the page) start in staging, in words
    values: u32, // where their values start in staging, in vec4s
}

@group(0) @binding(0) var<uniform> section: Section;
@group(0) @binding(1) var<storage, read> places: array<u32>; // staging
@group(0) @binding(2) var<storage, read> values: array<vec4u>; // staging too
@group(0) @binding(3) var<storage, read_write> page: array<vec4u>;

@compute @workgroup_size(64)
fn scatter(@builtin(global_invocation_id) id: vec3u) {
    let slot = id.x / vecs;
    if slot < section.slots {
        page[places[section.places + slot] * vecs + id.x % vecs] = values[section.values + id.x];
    }
}
