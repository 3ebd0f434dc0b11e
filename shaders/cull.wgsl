// Finds the slots of a page that a view sees, by three kernels that run one after another.
//   1 cull_test    a thread for each word of 32 slots: writes a bit for each slot, 1 if the view sees it
//   2 cull_scan    one workgroup: counts the bits before each word, and writes the arguments of the draw
//   3 cull_gather  a thread for each word: lists the visible slots in ascending order
// Needs Record, model, and cull_keep of one of its files.

// The arguments of an indirect draw, and the slots that it draws.
struct CullSeen {
    index_count: u32,
    instance_count: u32,
    first_index: u32,     // these three stay 0: some systems ignore them
    base_vertex: u32,
    first_instance: u32,
    count: u32,           // visible slots
    spare: array<u32, 10>,
    places: array<u32>,   // the visible slots of the page, ascending
}

struct Cull {
    slots: u32,        // of the page, in use
    words: u32,        // 32 slots each
    run: u32,          // places that an instance draws; 0 stands for one
    index_count: u32,  // indices of a place
    center: vec4f,     // of the mesh's box, in its coordinates; w: the part of the box that is within the mesh
    half: vec4f,       // half of its sides
}

@group(1) @binding(2) var<storage, read_write> cull_seen: CullSeen;
@group(1) @binding(3) var<storage, read_write> cull_words: array<vec2u>;  // x: a bit a slot; y: visible slots before it
@group(1) @binding(5) var<uniform> cull: Cull;

// cull_outside reports whether the whole box around p, with half sides a, b and c, is on the outer side of plane n. The
// box of a sheared mesh is a parallelepiped: only its three sides bound it closely. If rounding leaves the answer open,
// or a number is too large for a float, it is false: what may be seen is drawn. The answer is read from the bits of the
// sum, because compilers may take "not below 0" for "0 or above", which NaN is not.
fn cull_outside(n: vec4f, p: vec3f, a: vec3f, b: vec3f, c: vec3f) -> bool {
    let reach = abs(dot(n.xyz, a)) + abs(dot(n.xyz, b)) + abs(dot(n.xyz, c));
    let slack = 1e-5 * (abs(n.w) + dot(abs(n.xyz), abs(p)) + reach);
    let bits = bitcast<u32>(n.w + dot(n.xyz, p) + reach + slack);
    return bits > 0x80000000u && bits <= 0xff800000u;  // below 0, down to minus infinity
}

// cull_hidden reports whether m is the matrix of a hidden slot: its sides are 0.
fn cull_hidden(m: mat4x4f) -> bool {
    let sides = bitcast<vec3u>(m[0].xyz) | bitcast<vec3u>(m[1].xyz) | bitcast<vec3u>(m[2].xyz);
    return all((sides << vec3u(1u)) == vec3u(0u));
}

// cull_sees reports whether a view may see a part of the mesh at m whose box, in the mesh's coordinates, has this center
// and these half sides. x, y, z and w are the rows of the view's eye_proj. A hidden slot is not seen.
fn cull_sees(m: mat4x4f, center: vec4f, half: vec4f, x: vec4f, y: vec4f, z: vec4f, w: vec4f) -> bool {
    let a = m[0].xyz * half.x;
    let b = m[1].xyz * half.y;
    let c = m[2].xyz * half.z;
    let p = (m * vec4f(center.xyz, 1.0)).xyz;
    return !cull_hidden(m)
        && !cull_outside(w + x, p, a, b, c) && !cull_outside(w - x, p, a, b, c)
        && !cull_outside(w + y, p, a, b, c) && !cull_outside(w - y, p, a, b, c)
        && !cull_outside(w - z, p, a, b, c) && !cull_outside(z, p, a, b, c);
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
        let seen = cull_sees(m, cull.center, cull.half, rows[0], rows[1], rows[2], rows[3]);
        bits |= select(0u, 1u << i, seen);
        cull_keep(first + i, m, seen);
    }
    cull_words[word].x = bits;
}

var<workgroup> cull_parts: array<u32, 128>;
var<workgroup> cull_all: u32;  // the sum of all parts

// cull_before returns the sum of the parts of the threads before thread l of a workgroup of 128. All threads must call
// it.
fn cull_before(l: u32, part: u32) -> u32 {
    cull_parts[l] = part;
    workgroupBarrier();
    if l == 0u {
        var all = 0u;
        for (var i = 0u; i < 128u; i++) {
            let next = cull_parts[i];
            cull_parts[i] = all;
            all += next;
        }
        cull_all = all;
    }
    workgroupBarrier();
    return cull_parts[l];
}

@compute @workgroup_size(128)
fn cull_scan(@builtin(local_invocation_index) l: u32) {
    let each = (cull.words + 127u) / 128u;
    let first = min(l * each, cull.words);
    let last = min(first + each, cull.words);
    var sum = 0u;
    for (var i = first; i < last; i++) { sum += countOneBits(cull_words[i].x); }
    var before = cull_before(l, sum);
    if l == 0u {
        cull_seen.count = cull_all;
        let run = max(cull.run, 1u);
        cull_seen.index_count = cull.index_count * run;
        cull_seen.instance_count = (cull_all + run - 1u) / run;
        // The last run may have more places than slots: mark these places, so that the vertex stage hides them.
        for (var i = cull_all; i < cull_seen.instance_count * run; i++) { cull_seen.places[i] = 0x80000000u; }
    }
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
