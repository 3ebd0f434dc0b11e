//go:build cgo

package render

import "github.com/cogentcore/webgpu/wgpu"

// cubeRun is cube_run of corner.wgsl: how many cubes an instance draws.
//
// A cube is no instance of its own: a GPU starts a new batch of vertices for every
// instance, and seven fill no batch. Vertex v of an instance is corner v%8 of its cube
// v/8 instead (corner.wgsl; MEASURED.md says what runs save).
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
