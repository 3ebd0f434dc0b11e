// What occlusion keeps on the GPU from frame to frame. render/occlusion.go explains occlusion.
struct Occlusion {
    wait: u32,       // frames for which occlusion still rests
    waited: u32,     // for how many it rested last
    work: atomic<u32>,   // of the last frame: samples that the kernels looked at
    saved: atomic<u32>,  // of the last frame: triangles of slots that were left out
    tiles: atomic<u32>,  // 1 if tiles are marked
    // For each sample of the picture, then for each tile: the depth behind which all is hidden, as the bits of an f32,
    // which are in the same order as the numbers. Depth is 1 near and 0 infinitely far away.
    depth: array<atomic<u32>>,
}
