//go:build cgo || js

package render

import (
	"math"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
)

// sortUniform is Sort of sort.wgsl.
type sortUniform struct{ Slots, Words, Each, Chunks uint32 }

const (
	sortWordBytes = 68  // of SortWord
	sortPartBytes = 256 // of SortPart
	sortCount     = 24  // where SortPart.count is

	// A chunk has 256 slots, or more where the numbers of a page would be so many that the one workgroup that adds them
	// takes long.
	sortEach     = 8
	sortNumbers  = 1 << 21
	maxSortDraws = maxShapes*(1+maxDetail) + 1
)

func newSortUniform(slots, draws int) sortUniform {
	words := (slots + 31) / 32
	each := max(sortEach, (words*draws+sortNumbers-1)/sortNumbers)
	return sortUniform{uint32(slots), uint32(words), uint32(each), uint32((words + each - 1) / each)}
}

// sortSet is SortSet of sort.wgsl.
type sortSet struct {
	Shapes, Draws uint32
	_             [2]uint32
	Of            [maxShapes]sortShape
	Draw          [maxSortDraws]sortDraw
}

type sortShape struct {
	Center, Half, Below mgl32.Vec4
	Color               Color
	First               [4]uint32
}

type sortDraw struct {
	Indices, Run, Shape uint32 // from bit 16 of Shape on: setDraw.inner, in parts of 65,535
	Fill                float32
}

// newSortSet makes the uniform that describes the set to the kernels.
func (s *MeshSet) newSortSet(d *Device) (*wgpu.Buffer, error) {
	u := &sortSet{Shapes: uint32(len(s.shapes)), Draws: uint32(len(s.draws)) + 1}
	for i, shape := range s.shapes {
		u.Of[i] = sortShape{Center: shape.center.Vec4(0), Half: shape.half.Vec4(0), Color: shape.color, First: [4]uint32{uint32(shape.first)}}
		for k, pixels := range shape.below {
			if u.Of[i].Below[k] = -1; pixels > 0 {
				u.Of[i].Below[k] = min(pixels*pixels, math.MaxFloat32)
			}
		}
	}
	for i, d := range s.draws {
		u.Draw[i] = sortDraw{Run: cubeRun, Shape: uint32(d.shape) | uint32(d.inner*65535)<<16, Fill: s.shapes[d.shape].fill}
		switch d.kind {
		case kindCube:
			u.Draw[i].Indices = cubeIndexCount
		case kindSquare:
			u.Draw[i].Indices = squareIndexCount
		default:
			u.Draw[i].Indices, u.Draw[i].Run = d.data.count, 1
		}
	}
	u.Draw[len(s.draws)].Run = 1 // the slots of shapes that the set lacks: counted, and not drawn
	return newBuffer(d, "mesh set", arena.Bytes(unsafe.Slice(u, 1)), wgpu.BufferUsageUniform)
}
