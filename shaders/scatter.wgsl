// Copies packed slots to their places in a page. A thread copies a run of vec4s, so that one thread copies a whole
// matrix, which is fast on software GPUs. The values are integers, so that no bit of them changes.

// The uploader puts the right numbers here. Constants make the division cheap, and unroll the loop.
const vecs = 4u; // vec4s in a slot
const run = 4u;  // vec4s that a thread copies, a divisor of vecs

struct Section {
    slots: u32,  // packed slots of this section
    places: u32, // start of their places (slot indices in the page) in staging, in words
    values: u32, // start of their values in staging, in vec4s
}

@group(0) @binding(0) var<uniform> section: Section;
@group(0) @binding(1) var<storage, read> places: array<u32>; // staging
@group(0) @binding(2) var<storage, read> values: array<vec4u>; // staging, too
@group(0) @binding(3) var<storage, read_write> page: array<vec4u>;

@compute @workgroup_size(64)
fn scatter(@builtin(global_invocation_id) id: vec3u) {
    let slot = id.x / (vecs / run);
    if slot >= section.slots {
        return;
    }
    let part = id.x % (vecs / run) * run;
    let place = places[section.places + slot] * vecs + part;
    let value = section.values + slot * vecs + part;
    for (var i = 0u; i < run; i++) {
        page[place + i] = values[value + i];
    }
}
