//go:build cgo

package render

import "github.com/cogentcore/webgpu/wgpu"

// cubeRun is how many cubes one draw makes: few enough for 16-bit indices, many
// enough that draws cost nothing.
//
// The cube does not use the GPU's own instancing: that starts a new batch of
// vertices for every instance, and seven fill no batch. Vertex v of a draw is
// corner v%8 of slot v/8 instead (corner.wgsl). Frames of 10,000 and 100,000
// cubes on llvmpipe, 1280×720, best of three runs in turn: 49 and 173 ms with
// seven corners instanced and every pixel lit, 30 and 111 ms with every face lit
// once, 26 and 102 ms with runs as well.
const cubeRun = 1024

// cubeIndices are the three faces of cubeRun cubes, by corner.wgsl.
func cubeIndices() []uint16 {
	faces := [...]uint16{6, 4, 0, 6, 0, 2, 5, 1, 0, 5, 0, 4, 3, 2, 0, 3, 0, 1}
	indices := make([]uint16, 0, cubeRun*len(faces))
	for cube := range uint16(cubeRun) {
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
