// Which slots of a page a view sees: three kernels, each after the other. cull_test
// makes a bit a slot, cull_scan counts them and writes the draw's arguments,
// cull_gather lists the slots that are seen, in their order.
// Needs Record, model, and cull_keep of one of its files.

// The arguments of an indirect draw, and what it draws.
struct CullSeen {
    index_count: u32,
    instance_count: u32,
    first_index: u32,     // these three stay 0: not every system passes them on
    base_vertex: u32,
    first_instance: u32,
    count: u32,           // slots seen
    spare: array<u32, 10>,
    places: array<u32>,   // slots of the page, ascending
}

struct Cull {
    slots: u32,        // of the page, in use
    words: u32,        // 32 slots each
    run: u32,          // places an instance draws; 0: one place an instance
    index_count: u32,  // of a place
    center: vec4f,     // of the mesh's box, in its coordinates
    half: vec4f,       // half of its sides
}

@group(1) @binding(2) var<storage, read_write> cull_seen: CullSeen;
@group(1) @binding(3) var<storage, read_write> cull_words: array<vec2u>;  // x: a bit a slot; y: how many are seen before
@group(1) @binding(5) var<uniform> cull: Cull;

// cull_inside tells whether a part of the box around p, with half sides a, b and c, is
// on the inner side of a plane. The box of a sheared mesh is a parallelepiped, which
// only its three sides bound well. What rounding cannot tell is inside.
fn cull_inside(n: vec4f, p: vec3f, a: vec3f, b: vec3f, c: vec3f) -> bool {
    let reach = abs(dot(n.xyz, a)) + abs(dot(n.xyz, b)) + abs(dot(n.xyz, c));
    let slack = 1e-5 * (abs(n.w) + dot(abs(n.xyz), abs(p)) + reach);
    return n.w + dot(n.xyz, p) + reach + slack >= 0.0;
}

// cull_sees tells whether a view whose rows of eye_proj are x, y, z and w may see
// something of the mesh that m places. A hidden slot, all of whose sides are 0, is not
// seen.
fn cull_sees(m: mat4x4f, x: vec4f, y: vec4f, z: vec4f, w: vec4f) -> bool {
    let a = m[0].xyz * cull.half.x;
    let b = m[1].xyz * cull.half.y;
    let c = m[2].xyz * cull.half.z;
    let p = (m * vec4f(cull.center.xyz, 1.0)).xyz;
    return any(abs(m[0].xyz) + abs(m[1].xyz) + abs(m[2].xyz) > vec3f(0.0))
        && cull_inside(w + x, p, a, b, c) && cull_inside(w - x, p, a, b, c)
        && cull_inside(w + y, p, a, b, c) && cull_inside(w - y, p, a, b, c)
        && cull_inside(w - z, p, a, b, c) && cull_inside(z, p, a, b, c);
}

@compute @workgroup_size(64)
fn cull_test(@builtin(global_invocation_id) id: vec3u) {
    let word = id.x;
    if word >= cull.words { return; }
    let rows = transpose(frame.eye_proj);
    let first = word * 32u;
    let n = min(cull.slots - first, 32u);
    var bits = 0u;
    for (var i = 0u; i < n; i++) {
        let m = from_eye(model(records[first + i]));
        let seen = cull_sees(m, rows[0], rows[1], rows[2], rows[3]);
        bits |= select(0u, 1u << i, seen);
        cull_keep(first + i, m, seen);
    }
    cull_words[word].x = bits;
}

var<workgroup> cull_parts: array<u32, 128>;

@compute @workgroup_size(128)
fn cull_scan(@builtin(local_invocation_index) l: u32) {
    let each = (cull.words + 127u) / 128u;
    let first = min(l * each, cull.words);
    let last = min(first + each, cull.words);
    var sum = 0u;
    for (var i = first; i < last; i++) { sum += countOneBits(cull_words[i].x); }
    cull_parts[l] = sum;
    workgroupBarrier();
    if l == 0u {
        var all = 0u;
        for (var i = 0u; i < 128u; i++) {
            let part = cull_parts[i];
            cull_parts[i] = all;
            all += part;
        }
        cull_seen.count = all;
        let run = max(cull.run, 1u);
        cull_seen.index_count = cull.index_count * run;
        cull_seen.instance_count = (all + run - 1u) / run;
        // Places that fill up the last run are marked, and hidden by the vertex stage.
        for (var i = all; i < cull_seen.instance_count * run; i++) { cull_seen.places[i] = 0x80000000u; }
    }
    workgroupBarrier();
    var before = cull_parts[l];
    for (var i = first; i < last; i++) {
        cull_words[i].y = before;
        before += countOneBits(cull_words[i].x);
    }
}

@compute @workgroup_size(64)
fn cull_gather(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= cull.words { return; }
    let word = cull_words[id.x];
    var at = word.y;
    for (var bits = word.x; bits != 0u; bits &= bits - 1u) {
        cull_seen.places[at] = id.x * 32u + firstTrailingBit(bits);
        at++;
    }
}
