//go:build cgo

package render

import "github.com/cogentcore/webgpu/wgpu"

// cubeRun is cube_run of corner.wgsl: how many cubes an instance draws.
//
// A cube is no instance of its own: a GPU starts a new batch of vertices for every
// instance, and seven fill no batch. Vertex v of an instance is corner v%8 of its cube
// v/8 instead (corner.wgsl). Frames of 10,000 and 100,000
// cubes on llvmpipe, 1280×720, best of three runs in turn: 49 and 173 ms with
// seven corners instanced and every pixel lit, 30 and 111 ms with every face lit
// once, 26 and 102 ms with runs as well.
const cubeRun = 64

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

// cubeIndexCount is how many indices a cube has.
const cubeIndexCount = 18

// drawCubes draws slots 0 to n-1 of the page that is bound: whole instances, and the
// rest of one.
func drawCubes(pass *wgpu.RenderPassEncoder, n int) {
	if runs := n / cubeRun; runs > 0 {
		pass.DrawIndexed(cubeIndexCount*cubeRun, uint32(runs), 0, 0, 0)
	}
	if rest := n % cubeRun; rest > 0 {
		pass.DrawIndexed(uint32(cubeIndexCount*rest), 1, 0, 0, uint32(n/cubeRun))
	}
}
