// Weighs the slots of a page that the camera sees, for fit.wgsl: a thread for each weigh_each slots. Needs Record, model,
// cull.wgsl, and weigh_box of one of its files.
//
// A slot weighs as much as it covers of the picture: the square of half the diagonal of its box over its distance, 1 at
// most. Hidden slots weigh nothing, and neither do those whose numbers are not finite. Nor do boxes around the eye: their
// middle does not say how far away is what the camera sees of them. Weights and distances are whole numbers, so their sums
// are the same in any order of threads, pages and batches.

const weigh_each = 64u;

// Three sums of 64 bits, the low word first: of the weights, and of weight times octave for the low 12 bits of the
// weights and for the bits above them.
@group(2) @binding(0) var<storage, read_write> weighed: array<atomic<u32>, 6>;

// The box around the mesh that a slot shows: its middle and half of its sides, in the mesh's coordinates.
struct WeighBox {
    center: vec4f,
    half: vec4f,
}

fn weigh_add(sum: u32, part: u32) {
    let before = atomicAdd(&weighed[2u * sum], part);
    if before + part < before { atomicAdd(&weighed[2u * sum + 1u], 1u); }
}

@compute @workgroup_size(64)
fn weigh(@builtin(global_invocation_id) id: vec3u) {
    let rows = transpose(frame.eye_proj);
    let near = rows[2].w;
    let scale = 2.0 * frame.pixels / frame.height;  // of a length at distance 1, in halves of the picture's height
    let first = id.x * weigh_each;
    let last = min(first + weigh_each, batch.slots);
    var sums = vec3u();
    for (var i = first; i < last; i++) {
        let r = records[i];
        let m = from_eye(model(r));
        let box = weigh_box(i, r);
        if !cull_sees(m, box.center, box.half, rows[0], rows[1], rows[2], rows[3]) { continue; }
        let p = (m * vec4f(box.center.xyz, 1.0)).xyz;
        let far = largest(p);
        let d = max(far * length(p / far), near);
        let k = scale / d;
        let a = m[0].xyz * (box.half.x * k);
        let b = m[1].xyz * (box.half.y * k);
        let c = m[2].xyz * (box.half.z * k);
        let area = dot(a, a) + dot(b, b) + dot(c, c);
        let volume = abs(dot(a, cross(b, c)));
        let around = abs(dot(p * k, cross(b, c))) <= volume && abs(dot(p * k, cross(c, a))) <= volume
            && abs(dot(p * k, cross(a, b))) <= volume;
        // By their bits, because compilers may take it that no number is NaN or infinite.
        let finite = all((bitcast<vec3u>(p) & vec3u(0x7f800000u)) != vec3u(0x7f800000u));
        let positive = bitcast<u32>(area) - 1u < 0x7f7fffffu;  // and finite
        let seen = finite && positive && !around;
        let weight = select(0u, u32(min(area, 1.0) * 16777216.0 + 0.5), seen);
        let octave = u32(clamp((log2(d) + 128.0) * 16.0, 0.0, 4095.0));  // in sixteenths
        sums += vec3u(weight, (weight & 0xfffu) * octave, (weight >> 12u) * octave);
    }
    if sums.x > 0u {
        weigh_add(0u, sums.x);
        weigh_add(1u, sums.y);
        weigh_add(2u, sums.z);
    }
}
