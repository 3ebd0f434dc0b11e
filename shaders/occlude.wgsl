// Marks what boxes within meshes hide, and finds slots that are hidden. Needs occlusion.wgsl and a
// constant: occlude_solid is false if meshes may have holes. A sample is the middle of a pixel.
@group(2) @binding(0) var<storage, read_write> occlusion: Occlusion;

// A tile is a square of 16 × 16 pixels. Boxes that cover more samples than occlude_most mark tiles, not samples.
const occlude_tile = 16u;
const occlude_most = 1024u;

// llvmpipe ends a shader after 65,535 rounds of its loops: a thread looks at fewer samples and tiles. What a thread has
// no rounds left for hides nothing, and is not hidden.
const occlude_rounds = 60000u;

// A box as the eye sees it. Its middle is on a line of sight; x and y count from that line, in pixels times w, and z is
// clip.w.
struct OccludeBox {
    a: vec3f,          // half sides
    b: vec3f,
    c: vec3f,
    middle: vec2f,     // in pixels; 0 is the middle of the first pixel
    w: f32,            // of the middle
    depth: f32,
    nearest: f32,      // the smallest w
    reach: vec2f,      // pixels from the middle that the box may cover
    valid: bool,       // the box is in front of the eye, and no number is too large for a float
}

// occlude_positive reports whether x is above 0 and finite. It reads the bits, because compilers may take "not below 0"
// for "0 or above", which NaN is not.
fn occlude_positive(x: f32) -> bool {
    let bits = bitcast<u32>(x);
    return bits > 0u && bits < 0x7f800000u;
}

fn occlude_side(side: vec3f, sight: vec2f) -> vec3f {
    let v = frame.eye_proj * vec4f(side, 0.0);
    return vec3f((v.xy - sight * v.w) * vec2f(frame.width, -frame.height) * 0.5, v.w);
}

// occlude_slack is how far, in pixels, a place may be off: for rounding, here and when the mesh is drawn.
fn occlude_slack() -> f32 { return 0.02 + 4e-5 * max(frame.width, frame.height); }

// occlude_box returns the box around center, in the coordinates of m, with these half sides.
fn occlude_box(m: mat4x4f, center: vec3f, half: vec3f) -> OccludeBox {
    var box: OccludeBox;
    let p = frame.eye_proj * vec4f((m * vec4f(center, 1.0)).xyz, 1.0);
    let sight = p.xy / p.w;
    box.a = occlude_side(m[0].xyz * half.x, sight);
    box.b = occlude_side(m[1].xyz * half.y, sight);
    box.c = occlude_side(m[2].xyz * half.z, sight);
    let sides = abs(box.a) + abs(box.b) + abs(box.c);
    box.middle = (sight * vec2f(0.5, -0.5) + 0.5) * vec2f(frame.width, frame.height) - 0.5;
    box.w = p.w;
    box.depth = p.z / p.w;
    box.nearest = p.w - sides.z;
    box.reach = sides.xy / box.nearest + occlude_slack();
    box.valid = occlude_positive(box.nearest - 0.01 * p.w) && occlude_positive(p.w)
        && occlude_positive(1.0 + abs(box.middle.x) + abs(box.middle.y) + box.reach.x + box.reach.y + p.z / box.nearest);
    return box;
}

// A part of the picture, in samples or in tiles, row by row.
struct OccludeArea {
    x: u32,       // the first
    y: u32,
    width: u32,   // of the area
    count: u32,   // 0 if the area is outside of the picture
    row: u32,     // samples or tiles of a row of the picture
    first: u32,   // where they begin in occlusion.depth
    edge: u32,    // pixels along a side of each
}

// occlude_area returns the samples that a box may cover, or the tiles.
fn occlude_area(box: OccludeBox, tiles: bool) -> OccludeArea {
    let size = vec2f(frame.width, frame.height);
    let low = ceil(box.middle - box.reach);
    let high = floor(box.middle + box.reach);
    let seen = all(low <= high) && all(high >= vec2f(0.0)) && all(low < size);
    let edge = select(1u, occlude_tile, tiles);
    let begin = vec2u(clamp(low, vec2f(0.0), size - 1.0)) / edge;
    let end = vec2u(clamp(high, vec2f(0.0), size - 1.0)) / edge;
    let sides = end - begin + 1u;
    return OccludeArea(begin.x, begin.y, sides.x, select(0u, sides.x * sides.y, seen), (u32(size.x) + edge - 1u) / edge,
        select(0u, u32(size.x) * u32(size.y), tiles), edge);
}

// occlude_by marks what is behind a slot at m: behind a box that is wholly within the slot's mesh, the part inner of
// the box around the mesh, with the same middle. It returns how many samples it looked at, rounds at most.
//
// Along a line of sight through the pixel v, counted from the middle, 1/w is (k + g·v) / (k ± d) where the line meets
// the two planes of opposite sides; g and k come from the plane's normal, and d from the volume. The line enters the
// box at the farthest of the near planes, and leaves it at the nearest of the far planes. All is in units of the
// middle's 1/w, minus 1, so that far boxes are as exact as near ones.
fn occlude_by(m: mat4x4f, center: vec3f, half: vec3f, inner: f32, rounds: u32) -> u32 {
    let box = occlude_box(m, center, half);
    // The whole mesh must be beyond the near plane, and must not be mirrored: then nothing that the box hides is seen
    // through the mesh.
    let turned = dot(m[0].xyz, cross(m[1].xyz, m[2].xyz));
    let solid = occlude_solid && occlude_positive(inner) && occlude_positive(turned) && box.valid
        && occlude_positive(box.nearest - 0.1 * box.w) && box.depth * box.w < box.nearest;
    if !solid { return 0u; }
    let a = box.a * inner;
    let b = box.b * inner;
    let c = box.c * inner;
    let n = mat3x3f(cross(b, c), cross(c, a), cross(a, b));
    let d = abs(dot(n[0], a));
    let toward = vec3f(n[0].z, n[1].z, n[2].z) * box.w;
    let k = abs(toward);
    if !occlude_positive(d) || !occlude_positive(d + k.x + k.y + k.z) { return 0u; }
    let outward = select(vec3f(-box.w), vec3f(box.w), toward >= vec3f(0.0));
    let gx = vec3f(n[0].x, n[1].x, n[2].x) * outward;
    let gy = vec3f(n[0].y, n[1].y, n[2].y) * outward;
    // Where the eye is between two planes, no line enters by them, and lines leave by either.
    let gap = k - d;
    let enters = gap >= k * 1e-5;
    let far = 1.0 / (k + d);
    let near = 1.0 / select(min(gap, k * -1e-5), gap, enters);
    var area = occlude_area(box, false);
    if area.count > occlude_most {
        area = occlude_area(box, true);
        atomicMax(&occlusion.tiles, 1u);
    }
    let around = occlude_slack() + 0.5 * f32(area.edge - 1u);  // the middle of a sample or a tile
    let less = (abs(gx) + abs(gy)) * around;
    let count = min(area.count, rounds);
    let first = vec2f(0.5 * f32(area.edge - 1u)) - box.middle;
    var x = area.x;
    var y = area.y;
    for (var i = 0u; i < count; i++) {
        let v = gx * (f32(x * area.edge) + first.x) + gy * (f32(y * area.edge) + first.y);
        let at_far = (v + less - d) * far;
        let at_near = (v - less + d) * near;
        let entry = select(vec3f(1e30), at_near, enters);
        let exit = max(at_far, select(at_near, vec3f(-1e30), enters));
        let nearest = min(entry.x, min(entry.y, entry.z));
        if nearest > max(exit.x, max(exit.y, exit.z)) && nearest < 1e20 {
            let bits = bitcast<u32>(box.depth * (1.0 + nearest) * 0.9999);
            if bits < 0x3f800000u { atomicMax(&occlusion.depth[area.first + y * area.row + x], bits); }
        }
        let last = x + 1u == area.x + area.width;
        x = select(x + 1u, area.x, last);
        y = select(y, y + 1u, last);
    }
    return count;
}

// occlude_behind returns how many samples or tiles of the area, from the first on, hide what has this depth.
fn occlude_behind(area: OccludeArea, depth: u32) -> u32 {
    var x = area.x;
    var at = area.first + area.y * area.row + area.x;
    var i = 0u;
    for (; i < area.count && depth < atomicLoad(&occlusion.depth[at]); i++) {
        let last = x + 1u == area.x + area.width;
        x = select(x + 1u, area.x, last);
        at += select(1u, area.row + 1u - area.width, last);
    }
    return i;
}

struct Occluded {
    hidden: bool,
    looked: u32,  // samples and tiles that were looked at
}

// occluded reports whether the box around a slot at m is wholly behind what other slots hide. If rounding leaves the
// answer open, it is false: what may be seen is drawn.
fn occluded(m: mat4x4f, center: vec3f, half: vec3f, rounds: u32) -> Occluded {
    let box = occlude_box(m, center, half);
    if !box.valid { return Occluded(false, 0u); }
    // A box between samples covers nothing.
    if any(floor(box.middle + box.reach) < ceil(box.middle - box.reach)) { return Occluded(true, 0u); }
    let depth = bitcast<u32>(box.depth * box.w / box.nearest);
    var looked = 0u;
    if atomicLoad(&occlusion.tiles) != 0u {
        let tiles = occlude_area(box, true);
        if tiles.count == 0u || tiles.count > min(occlude_most, rounds) { return Occluded(false, 0u); }
        looked = occlude_behind(tiles, depth);
        if looked == tiles.count { return Occluded(true, looked); }
    }
    let samples = occlude_area(box, false);
    if samples.count == 0u || samples.count > min(occlude_most, rounds - looked) { return Occluded(false, looked); }
    let more = occlude_behind(samples, depth);
    return Occluded(more == samples.count, looked + more);
}
