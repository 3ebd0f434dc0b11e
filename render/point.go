//go:build cgo || js

package render

import (
	"fmt"
	"math"
	"reflect"

	"github.com/go-gl/mathgl/mgl32"
)

// A Point is a slot of 32 bytes that is drawn as a ball in the look's light. The ball is exact at any size, with its
// own depth: the GPU computes for each pixel where the line of sight meets it.
//
// Radius is in metres. Pixels is the least radius on the screen: with it, a point that is far away does not vanish
// between pixels. Set Pixels alone for a point that is equally large at any distance. A shadow has only the radius in
// metres.
//
// Nothing is drawn of a point whose radii are both 0 or below, where a number is not finite, or around the eye. The
// zero Point draws nothing.
type Point struct {
	Center mgl32.Vec3
	Radius float32 // metres
	Pixels float32 // the least radius, in pixels
	Color  RGBA8   // the zero RGBA8 is white
	_      [2]uint32
}

// pointMesh makes the triangle of vertex_point.wgsl, around the circle of radius 1.
func pointMesh(d *Device) (*Mesh, error) {
	x := float32(math.Sqrt(3))
	return surfaceMesh(d, []mgl32.Vec3{{0, 2}, {-x, -1}, {x, -1}}, []uint32{0, 1, 2})
}

// surfaceOf makes the mesh of a batch of Lines or Points, which have vertex stages of their own. It returns nil for
// other batches.
func surfaceOf[T any](r *Renderer, m Shapes, cfg *BatchConfig) (*Mesh, error) {
	if cfg.Record != "" || cfg.Module != "" {
		return nil, nil
	}
	t, kind, build := reflect.TypeFor[T](), kindLine, lineMesh
	switch t {
	case reflect.TypeFor[Line]():
	case reflect.TypeFor[Point]():
		kind, build = kindPoint, pointMesh
	default:
		return nil, nil
	}
	if m != nil {
		return nil, fmt.Errorf("render: NewBatch: a mesh for an arena of %v, which is drawn without one: give nil", t)
	}
	own, err := build(r.device)
	if err == nil {
		own.surface = kind
	}
	return own, err
}
