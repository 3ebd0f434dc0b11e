// Finds the slots of a page that a view sees, sorted by their draws, by four kernels that run one after another. A draw
// is one mesh of a set: a shape, or a simpler mesh of one.
//   1 sort_test    a thread for each word of 32 slots: writes a bit for each slot, 1 if the view sees it, and its draw
//   2 sort_count   a thread for each chunk of words: counts the chunk's visible slots of each draw
//   3 sort_scan    one workgroup: counts the slots before each of these numbers, and writes the arguments of each draw
//   4 sort_gather  a thread for each chunk: lists the visible slots, draw after draw, ascending within a draw
// A thread writes its own words and its own column of counts only: there are no atomics, so lists repeat.
//
// Needs Record, model, shape_of and cull_keep of one of their files, and cull.wgsl. Needs two constants:
// sort_culls is false if all slots are drawn, sort_details is true if a shape has simpler meshes.

struct SortWord {
    bits: u32,
    keys: array<u32, 16>,   // the draw of each slot whose bit is 1, 16 bits each
}

struct SortShape {
    center: vec4f,          // of the box of the shape's mesh, in the mesh's coordinates
    half: vec4f,            // half of its sides
    below: vec4f,           // squares of pixels: below these the shape has its next draws; -1: there is none
    color: vec4f,           // mean of the vertices' colours
    first: vec4u,           // x: the draw of the shape at its full size
}

// The meshes that the slots of a batch show.
struct SortSet {
    shapes: u32,
    draws: u32,             // with the last one, which counts the slots of shapes that the set lacks, and draws nothing
    shape: array<SortShape, 256>,
    draw: array<vec4u, 1281>,  // x: indices of a place; y: places that an instance draws; z: shape, and from bit 16
                               // on the part of the shape's box that is within the mesh; w: fill, an f32
}

struct Sort {
    slots: u32,             // of the page, in use
    words: u32,             // 32 slots each
    each: u32,              // words of a chunk
    chunks: u32,
}

// The arguments of an indirect draw, then Part of place_sorted.wgsl. The vertex stage reads it as a uniform, at an offset
// that WebGPU wants to be a multiple of 256.
struct SortPart {
    index_count: u32,
    instance_count: u32,
    first_index: u32,       // these three stay 0: some systems ignore them
    base_vertex: u32,
    first_instance: u32,
    start: u32,             // in sort_places, of the slots of the draw
    count: u32,             // slots of the draw
    shape: u32,
    center: vec4f,          // of the shape; w: fill
    half: vec4f,
    color: vec4f,
    spare: array<vec4u, 11>,
}

@group(1) @binding(2) var<storage, read_write> sort_places: array<u32>;
@group(1) @binding(3) var<storage, read_write> sort_words: array<SortWord>;
@group(1) @binding(5) var<uniform> sort: Sort;
@group(1) @binding(6) var<uniform> sort_set: SortSet;
@group(1) @binding(7) var<storage, read_write> sort_counts: array<u32>;  // of each draw in each chunk; then slots before
@group(1) @binding(9) var<storage, read_write> sort_parts: array<SortPart>;

const sort_unseen = 0xffffu;
const sort_square = 6u;  // indices of a square

// A box around what is drawn of a slot: a matrix, and the middle and half sides in the matrix's coordinates.
struct SortBox {
    m: mat4x4f,
    center: vec4f,
    half: vec4f,
}

// sort_size returns the square of half the diagonal of a box at m. The diagonal does not change as a slot turns.
fn sort_size(m: mat4x4f, half: vec4f) -> f32 {
    let h = half.xyz * half.xyz;
    return dot(h, vec3f(dot(m[0].xyz, m[0].xyz), dot(m[1].xyz, m[1].xyz), dot(m[2].xyz, m[2].xyz)));
}

// sort_box returns the box of a slot at m that shows this draw of a shape. A square may stick out of the shape's box:
// its corners are at most 1.26 half diagonals from the middle.
fn sort_box(m: mat4x4f, draw: u32, shape: u32) -> SortBox {
    let center = sort_set.shape[shape].center;
    let half = sort_set.shape[shape].half;
    if !sort_details { return SortBox(m, center, half); }
    let square = sort_set.draw[draw].x == sort_square && sort_set.draw[draw].y > 1u;
    let r = 1.3 * sqrt(sort_size(m, half));
    let middle = m * vec4f(center.xyz, 1.0);
    return SortBox(mat4x4f(select(m[0], vec4f(r, 0.0, 0.0, 0.0), square), select(m[1], vec4f(0.0, r, 0.0, 0.0), square),
        select(m[2], vec4f(0.0, 0.0, r, 0.0), square), select(m[3], middle, square)),
        select(center, vec4f(), square), select(half, vec4f(1.0), square));
}

// sort_draw returns the draw of a slot at m, or sort_unseen. What a shape is drawn by depends on the half diagonal of
// its box over clip.w. Behind the eye the size counts as infinite.
fn sort_draw(m: mat4x4f, any_shape: u32, x: vec4f, y: vec4f, z: vec4f, w: vec4f) -> u32 {
    let lacks = any_shape >= sort_set.shapes;
    let shape = select(any_shape, 0u, lacks);
    var draw = sort_set.shape[shape].first.x;
    if sort_details {
        let away = max(dot(w, vec4f((m * vec4f(sort_set.shape[shape].center.xyz, 1.0)).xyz, 1.0)), 0.0);
        let size = sort_size(m, sort_set.shape[shape].half);
        let less = vec4f(4.0 * size * frame.pixels * frame.pixels) < sort_set.shape[shape].below * (away * away);
        draw += u32(less.x) + u32(less.y) + u32(less.z) + u32(less.w);
    }
    let box = sort_box(m, draw, shape);
    draw = select(draw, select(sort_set.draws - 1u, sort_unseen, cull_hidden(m)), lacks);
    return select(sort_unseen, draw, lacks || !sort_culls || cull_sees(box.m, box.center, box.half, x, y, z, w));
}

@compute @workgroup_size(64)
fn sort_test(@builtin(global_invocation_id) id: vec3u) {
    let word = id.x;
    if word >= sort.words { return; }
    let rows = transpose(frame.eye_proj);
    let first = word * 32u;
    let n = min(sort.slots - first, 32u);
    var bits = 0u;
    var keys = 0u;
    var four = 0u;
    for (var i = 0u; i < n; i++) {
        if (i & 3u) == 0u { four = shape_four(first + i); }
        let r = records[first + i];
        let m = from_eye(model(r));
        let draw = sort_draw(m, shape_of(four, first + i, r), rows[0], rows[1], rows[2], rows[3]);
        four >>= 8u;
        let seen = draw != sort_unseen;
        bits |= select(0u, 1u << i, seen);
        keys = (keys >> 16u) | (draw << 16u);
        if (i & 1u) == 1u { sort_words[word].keys[i >> 1u] = keys; }
        cull_keep(first + i, m, seen);
    }
    if (n & 1u) == 1u { sort_words[word].keys[n >> 1u] = keys >> 16u; }
    sort_words[word].bits = bits;
}

fn sort_key(word: u32, i: u32) -> u32 { return (sort_words[word].keys[i >> 1u] >> ((i & 1u) * 16u)) & 0xffffu; }

@compute @workgroup_size(64)
fn sort_count(@builtin(global_invocation_id) id: vec3u) {
    let chunk = id.x;
    if chunk >= sort.chunks { return; }
    for (var draw = 0u; draw < sort_set.draws; draw++) { sort_counts[draw * sort.chunks + chunk] = 0u; }
    let last = min((chunk + 1u) * sort.each, sort.words);
    for (var word = chunk * sort.each; word < last; word++) {
        for (var bits = sort_words[word].bits; bits != 0u; bits &= bits - 1u) {
            let at = sort_key(word, firstTrailingBit(bits)) * sort.chunks + chunk;
            sort_counts[at] = sort_counts[at] + 1u;
        }
    }
}

@compute @workgroup_size(128)
fn sort_scan(@builtin(local_invocation_index) l: u32) {
    let counts = sort_set.draws * sort.chunks;
    let each = (counts + 127u) / 128u;
    let first = min(l * each, counts);
    let last = min(first + each, counts);
    var sum = 0u;
    for (var i = first; i < last; i++) { sum += sort_counts[i]; }
    var before = cull_before(l, sum);
    for (var i = first; i < last; i++) {
        let count = sort_counts[i];
        sort_counts[i] = before;
        before += count;
    }
    storageBarrier();
    workgroupBarrier();
    for (var i = l; i < sort_set.draws; i += 128u) {
        let start = sort_counts[i * sort.chunks];
        var end = cull_all;
        if i + 1u < sort_set.draws { end = sort_counts[(i + 1u) * sort.chunks]; }
        let draw = sort_set.draw[i];
        sort_parts[i].index_count = draw.x * draw.y;
        sort_parts[i].instance_count = (end - start + draw.y - 1u) / draw.y;
        sort_parts[i].start = start;
        sort_parts[i].count = end - start;
        let shape = draw.z & 0xffffu;
        sort_parts[i].shape = shape;
        sort_parts[i].center = vec4f(sort_set.shape[shape].center.xyz, bitcast<f32>(draw.w));
        sort_parts[i].half = sort_set.shape[shape].half;
        sort_parts[i].color = sort_set.shape[shape].color;
    }
}

@compute @workgroup_size(64)
fn sort_gather(@builtin(global_invocation_id) id: vec3u) {
    let chunk = id.x;
    if chunk >= sort.chunks { return; }
    let last = min((chunk + 1u) * sort.each, sort.words);
    for (var word = chunk * sort.each; word < last; word++) {
        for (var bits = sort_words[word].bits; bits != 0u; bits &= bits - 1u) {
            let i = firstTrailingBit(bits);
            let at = sort_key(word, i) * sort.chunks + chunk;
            let place = sort_counts[at];
            sort_counts[at] = place + 1u;
            sort_places[place] = word * 32u + i;
        }
    }
}
