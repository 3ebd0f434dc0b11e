// The kernels of occlusion for the lists of cull.wgsl. Needs occlude.wgsl.
//   cull_occlude  after cull_test: a thread for each word marks what is behind the slots in view
//   cull_hide     before cull_scan: a thread for each word clears the bits of the slots that are hidden

@compute @workgroup_size(64)
fn cull_occlude(@builtin(global_invocation_id) id: vec3u) {
    let word = id.x;
    if word >= cull.words || occlusion.wait > 0u { return; }
    var looked = 0u;
    for (var bits = cull_words[word].x; bits != 0u; bits &= bits - 1u) {
        let slot = word * 32u + firstTrailingBit(bits);
        let m = from_eye(model(records[slot]));
        looked += occlude_by(m, cull.center.xyz, cull.half.xyz, cull.center.w, occlude_rounds - looked);
    }
    atomicAdd(&occlusion.work, looked);
}

@compute @workgroup_size(64)
fn cull_hide(@builtin(global_invocation_id) id: vec3u) {
    let word = id.x;
    if word >= cull.words || occlusion.wait > 0u { return; }
    var looked = 0u;
    var hidden = 0u;
    for (var bits = cull_words[word].x; bits != 0u; bits &= bits - 1u) {
        let i = firstTrailingBit(bits);
        let m = from_eye(model(records[word * 32u + i]));
        let found = occluded(m, cull.center.xyz, cull.half.xyz, occlude_rounds - looked);
        looked += found.looked;
        hidden |= select(0u, 1u << i, found.hidden);
    }
    cull_words[word].x &= ~hidden;
    atomicAdd(&occlusion.work, looked);
    atomicAdd(&occlusion.saved, countOneBits(hidden) * min(cull.index_count / 3u, 64u));
}
