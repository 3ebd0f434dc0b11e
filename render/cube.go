//go:build cgo || js

package render

import "github.com/cogentcore/webgpu/wgpu"

// cubeRun is cube_run of corner.wgsl: how many cubes an instance draws.
//
// A GPU starts a new group of vertices for each instance, and the seven vertices of one cube do not fill a group. So an
// instance is a run of cubes: vertex v of the instance is corner v%8 of its cube v/8 (corner.wgsl). MEASURED.md has the
// gain.
const cubeRun = 64

// squareIndices returns the indices of cubeRun squares, for vertex_square.wgsl.
func squareIndices() []uint16 {
	indices := make([]uint16, 0, cubeRun*squareIndexCount)
	for square := range uint16(cubeRun) {
		for _, corner := range [...]uint16{0, 1, 2, 0, 2, 3} {
			indices = append(indices, 4*square+corner)
		}
	}
	return indices
}

// cubeIndices returns the indices of three faces of each of cubeRun cubes, with the corners of corner.wgsl.
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

// The numbers of indices of a cube and of a square.
const (
	cubeIndexCount   = 18
	squareIndexCount = 6
)

// drawCubes draws slots 0 to n-1 of the page that is bound: the full runs, then the last slots, which fill no run.
func drawCubes(pass *wgpu.RenderPassEncoder, n int) {
	if runs := n / cubeRun; runs > 0 {
		pass.DrawIndexed(cubeIndexCount*cubeRun, uint32(runs), 0, 0, 0)
	}
	if rest := n % cubeRun; rest > 0 {
		pass.DrawIndexed(uint32(cubeIndexCount*rest), 1, 0, 0, uint32(n/cubeRun))
	}
}
