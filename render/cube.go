package render

import "github.com/cogentcore/webgpu/wgpu"

// cubeRun is how many cubes one draw makes.
//
// The cube does not use the GPU's own instancing: that starts a new batch of
// vertices for every instance, and seven fill no batch. Vertex v of a draw is
// corner v%8 of slot v/8 instead (corner.wgsl). Measured on llvmpipe with 10,000
// and 100,000 cubes: 18 and 91 ms a frame instead of 24 and 105; 24 corners and
// light for each pixel took 52 and 180.
const cubeRun = 1024

// cubeIndices are the three faces of cubeRun cubes, by corner.wgsl.
func cubeIndices() []uint32 {
	faces := [...]uint32{6, 4, 0, 6, 0, 2, 5, 1, 0, 5, 0, 4, 3, 2, 0, 3, 0, 1}
	indices := make([]uint32, 0, cubeRun*len(faces))
	for cube := range uint32(cubeRun) {
		for _, corner := range faces {
			indices = append(indices, 8*cube+corner)
		}
	}
	return indices
}

// drawCubes draws slots 0 to n-1 of the page that is bound.
func drawCubes(pass *wgpu.RenderPassEncoder, n int) {
	for first := 0; first < n; first += cubeRun {
		pass.DrawIndexed(uint32(18*min(n-first, cubeRun)), 1, 0, int32(8*first), 0)
	}
}
