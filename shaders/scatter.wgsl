// Scatter: copies packed slots to their places in a page. One thread per vec4; integers, so that no bit changes.

struct Section {
    vecs: u32,    // vec4s in a slot
    slots: u32,   // packed slots of this section
    indices: u32, // where their places (slot indices in the page) start in staging, in words
    values: u32,  // where their values start in staging, in vec4s
}

@group(0) @binding(0) var<uniform> section: Section;
@group(0) @binding(1) var<storage, read> staging: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> page: array<vec4u>;

@compute @workgroup_size(64)
fn scatter(@builtin(global_invocation_id) id: vec3u) {
    let slot = id.x / section.vecs;
    if slot >= section.slots {
        return;
    }
    let word = section.indices + slot;
    let place = staging[word / 4u][word % 4u];
    page[place * section.vecs + id.x % section.vecs] = staging[section.values + id.x];
}
