// The kernels of occlusion for the lists of sort.wgsl. Needs occlude.wgsl.
//   sort_occlude  after sort_test, and
//   sort_hide     before sort_count: as cull_occlude and cull_hide

@compute @workgroup_size(64)
fn sort_occlude(@builtin(global_invocation_id) id: vec3u) {
    let word = id.x;
    if word >= sort.words || occlusion.wait > 0u { return; }
    var looked = 0u;
    for (var bits = sort_words[word].bits; bits != 0u; bits &= bits - 1u) {
        let i = firstTrailingBit(bits);
        let m = from_eye(model(records[word * 32u + i]));
        let draw = sort_set.draw[sort_key(word, i)];
        let shape = sort_set.shape[draw.z & 0xffffu];
        looked += occlude_by(m, shape.center.xyz, shape.half.xyz, f32(draw.z >> 16u) / 65535.0, occlude_rounds - looked);
    }
    atomicAdd(&occlusion.work, looked);
}

@compute @workgroup_size(64)
fn sort_hide(@builtin(global_invocation_id) id: vec3u) {
    let word = id.x;
    if word >= sort.words || occlusion.wait > 0u { return; }
    var looked = 0u;
    var hidden = 0u;
    var saved = 0u;
    for (var bits = sort_words[word].bits; bits != 0u; bits &= bits - 1u) {
        let i = firstTrailingBit(bits);
        let key = sort_key(word, i);
        if key + 1u == sort_set.draws { continue; }  // it draws nothing, and is counted
        let m = from_eye(model(records[word * 32u + i]));
        let box = sort_box(m, key, sort_set.draw[key].z & 0xffffu);
        let found = occluded(box.m, box.center.xyz, box.half.xyz, occlude_rounds - looked);
        looked += found.looked;
        hidden |= select(0u, 1u << i, found.hidden);
        saved += select(0u, min(sort_set.draw[key].x / 3u, 64u), found.hidden);
    }
    sort_words[word].bits &= ~hidden;
    atomicAdd(&occlusion.work, looked);
    atomicAdd(&occlusion.saved, saved);
}
