//go:build cgo || js

package render

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unsafe"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render/internal/targets"
	"github.com/slotstream/slotstream/shaders"
)

// batchWGSL is the shader text of a batch. Its methods join the modules from the files of package shaders and from the
// user's text.
type batchWGSL struct {
	module string // the user's Module, complete; or ""

	shared string // what each module declares: the scene, Record, Shade. Empty with a Module
	stages string // the vertex and the fragment stage of the picture
	vertex string // the vertex stage of Pick
	pick   string // the fragment stage of Pick
	depth  string // entry point of the fragment stage of shadow maps; "" for none
	keeps  bool   // culling keeps the matrices of the visible slots
}

// joinWGSL joins the text for an arena of Ts.
func joinWGSL[T any](r *Renderer, m *Mesh, cfg *BatchConfig) (w batchWGSL, err error) {
	if cfg.Module != "" {
		return batchWGSL{module: join(cfg.Module, r.tone())}, nil
	}
	record, shade := cfg.Record, shaders.Shade
	if record == "" {
		switch t := reflect.TypeFor[T](); t {
		case reflect.TypeFor[Instance]():
			record = shaders.RecordInstance
		case reflect.TypeFor[mgl32.Mat4]():
			record = shaders.RecordMat4
		case reflect.TypeFor[Motion]():
			record = shaders.RecordMotion
		case reflect.TypeFor[MotionInstance]():
			record = shaders.RecordMotionInstance
		case reflect.TypeFor[Line]():
			record, shade = join(shaders.RecordLine, shaders.Sized), shaders.ShadeFlat
		case reflect.TypeFor[Point]():
			record = join(shaders.RecordPoint, shaders.Sized)
		default:
			return w, fmt.Errorf("render: NewBatch: no shader draws an arena of %v: say how in BatchConfig.Record or Module", t)
		}
	}
	look, flat := shaders.LookPlain, m.cube && cfg.Shade == ""
	if r.studio != nil {
		look, flat = shaders.LookStudio, false
	}
	// The user's text comes first, so that the compiler counts lines from its beginning.
	parts := []string{cfg.Shade, record, r.scene(), look}
	if cfg.Shade == "" {
		parts[0], parts[1] = record, shade
	}
	moves := callsMoved.MatchString(record)
	if moves {
		parts = append(parts, shaders.Motion)
	}
	w.shared = join(parts...)
	// A matrix that takes computing is worth keeping. It is kept where a page of matrices is no larger than the page of
	// records, because the device can bind a buffer of that size.
	w.keeps = moves && unsafe.Sizeof(*new(T)) >= unsafe.Sizeof(mgl32.Mat4{})
	w.pick = shaders.Pick
	switch {
	case m.surface != "":
		w.vertex, w.pick, w.depth = m.surface, shaders.PickSurface, "fs_depth"
		w.stages = join(w.vertex, shaders.FragmentSurface)
		return w, nil
	case m.cube:
		w.vertex = join(shaders.Corner, shaders.VertexCube)
	case m.colored:
		w.vertex = shaders.VertexColored
	default:
		w.vertex = shaders.VertexMesh
	}
	w.stages = join(w.vertex, shaders.Fragment)
	if flat {
		w.stages = join(shaders.Corner, shaders.VertexCubeFlat)
	}
	return w, nil
}

var callsMoved = regexp.MustCompile(`\bmoved\s*\(`)

// drawAll is the module that draws every slot of a page.
func (w *batchWGSL) drawAll() string {
	if w.module != "" {
		return w.module
	}
	return join(w.shared, w.stages, shaders.PlaceAll, shaders.PlacedRecord)
}

// drawSeen is the module that draws the slots in a list of visible slots.
func (w *batchWGSL) drawSeen() string {
	return join(w.shared, w.stages, shaders.PlaceSeen, w.placedSeen())
}

// cull is the module of the kernels that make such a list.
func (w *batchWGSL) cull() string { return join(w.shared, w.keep(), shaders.Cull) }

// pickAll and pickSeen are drawAll and drawSeen for Pick.
func (w *batchWGSL) pickAll() string {
	return join(w.shared, shaders.PlaceAll, shaders.PlacedRecord, w.vertex, w.pick)
}

func (w *batchWGSL) pickSeen() string {
	return join(w.shared, shaders.PlaceSeen, w.placedSeen(), w.vertex, w.pick)
}

// names declares what drawSeen, cull and pickSeen declare together. It compiles unless the user's text declares one of
// those names, too.
func (w *batchWGSL) names() string {
	return join(w.shared, w.keep(), shaders.Cull, shaders.PlaceSeen, shaders.PlacedRecord, w.vertex, w.pick)
}

func (w *batchWGSL) keep() string {
	if w.keeps {
		return shaders.CullKeepModel
	}
	return shaders.CullKeepNone
}

func (w *batchWGSL) placedSeen() string {
	if w.keeps {
		return shaders.PlacedKept
	}
	return shaders.PlacedRecord
}

// scene is what all modules of the renderer declare.
func (r *Renderer) scene() string { return shaders.Scene + r.tone() }

// tone is the function output for the target's format.
func (r *Renderer) tone() string {
	if targets.EncodesSRGB(r.config.Format) {
		return shaders.ToneLinear
	}
	return shaders.ToneSRGB
}

func join(parts ...string) string { return strings.Join(parts, "\n") }
