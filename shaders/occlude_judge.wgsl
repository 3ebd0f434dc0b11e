// Decides, by what the kernels counted in the last frame, whether the next frame has occlusion: a single thread. Needs
// occlusion.wgsl.

// A triangle that is left out saves about as much as looking at so many samples costs.
const occlude_price = 14u;

@group(0) @binding(0) var<storage, read_write> occlusion: Occlusion;

@compute @workgroup_size(1)
fn occlude_judge() {
    let work = atomicExchange(&occlusion.work, 0u);
    let saved = atomicExchange(&occlusion.saved, 0u);
    atomicStore(&occlusion.tiles, 0u);
    if occlusion.wait > 0u {
        occlusion.wait -= 1u;
        return;
    }
    if work == 0u || saved > work / occlude_price {
        occlusion.waited = 0u;
        return;
    }
    occlusion.waited = clamp(2u * occlusion.waited, 64u, 1024u);
    occlusion.wait = occlusion.waited;
}
