//go:build cgo || js

package render

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unsafe"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render/internal/targets"
	"github.com/slotstream/slotstream/shaders"
)

// batchWGSL is the shader text of a batch, and what else its pipelines depend on: batches whose batchWGSL is equal
// share a program. Its methods join the modules from the files of package shaders and from the user's text.
type batchWGSL struct {
	module string // the user's Module, complete; or ""

	shared  string          // what each module declares: the scene, Record, Shade. Empty with a Module
	users   bool            // shared has text of the user's
	shapes  string          // shape_of; "" if the batch does not sort
	kinds   [meshKinds]bool // of the meshes
	flat    bool            // the faces of cubes are lit once
	keeps   bool            // the kernels keep the matrices of the visible slots
	culls   bool            // the kernels leave out what a view cannot see
	sorts   bool            // the kernels sort the slots by meshes
	hides   bool            // they leave out slots behind others
	solid   bool            // the slots hide others: surfaces have no holes
	details bool            // they choose among a shape's meshes by distance
}

// joinWGSL joins the text for an arena of Ts.
func joinWGSL[T any](r *Renderer, set *MeshSet, cfg *BatchConfig) (w batchWGSL, err error) {
	if cfg.Module != "" {
		if len(set.draws) > 1 {
			return w, fmt.Errorf("render: NewBatch: a Module draws one mesh, and the set has %d: use Record and Shade", len(set.draws))
		}
		return batchWGSL{module: join(cfg.Module, r.tone()), kinds: [meshKinds]bool{kindMesh: true}}, nil
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
	look := shaders.LookPlain
	if r.studio != nil {
		look = shaders.LookStudio
	}
	for _, d := range set.draws {
		w.kinds[d.kind] = true
	}
	w.flat = w.kinds[kindCube] && cfg.Shade == "" && r.studio == nil
	w.users, w.culls, w.details = cfg.Record != "" || cfg.Shade != "", !cfg.NoCull, set.detailed()
	w.occlusion(r, cfg)
	declares := declaresShape.MatchString(cfg.Record)
	if w.sorts = len(set.draws) > 1 || declares; w.sorts {
		w.shapes = shaders.ShapeByte
	}
	if declares {
		w.shapes = shaders.ShapeRecord
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
	return w, nil
}

var (
	callsMoved    = regexp.MustCompile(`\bmoved\s*\(`)
	declaresShape = regexp.MustCompile(`\bfn\s+shape\s*\(`)
)

// sorted returns the text of the same batch for slots of several shapes, which SetShape tells apart.
func (w batchWGSL) sorted() batchWGSL {
	w.sorts, w.shapes = true, shaders.ShapeByte
	return w
}

// bytes reports whether each slot has a byte for its shape.
func (w *batchWGSL) bytes() bool { return w.shapes == shaders.ShapeByte }

// firstKind is a kind of the meshes, that of the only one if there is one.
func (w *batchWGSL) firstKind() meshKind { return meshKind(max(0, slices.Index(w.kinds[:], true))) }

// vertex is the vertex stage of a kind, and stages the vertex and the fragment stage of the picture.
func (w *batchWGSL) vertex(k meshKind) string {
	switch k {
	case kindCube:
		return join(shaders.Corner, shaders.VertexCube)
	case kindSquare:
		return shaders.VertexSquare
	case kindColored:
		return shaders.VertexColored
	case kindLine:
		return shaders.VertexLine
	case kindPoint:
		return shaders.VertexPoint
	}
	return shaders.VertexMesh
}

// pick is the fragment stage of Pick.
func (w *batchWGSL) pick(k meshKind) string {
	if k.isSurface() {
		return shaders.PickSurface
	}
	return shaders.Pick
}

func (w *batchWGSL) stages(k meshKind) string {
	switch {
	case k == kindSquare:
		return w.vertex(k) // its fragment stage is in the same file
	case k.isSurface():
		return join(w.vertex(k), shaders.FragmentSurface)
	case k == kindCube && w.flat:
		return join(shaders.Corner, shaders.VertexCubeFlat)
	}
	return join(w.vertex(k), shaders.Fragment)
}

// drawAll is the module that draws every slot of a page.
func (w *batchWGSL) drawAll(k meshKind) string {
	if w.module != "" {
		return w.module
	}
	return join(w.shared, w.stages(k), shaders.PlaceAll, shaders.PlacedRecord)
}

// drawSeen is the module that draws the slots in a list of visible slots.
func (w *batchWGSL) drawSeen(k meshKind) string {
	return join(w.shared, w.stages(k), w.place(), w.placedSeen())
}

// kernels is the module of the kernels that make such a list.
func (w *batchWGSL) kernels() string {
	keep := shaders.CullKeepNone
	if w.keeps {
		keep = shaders.CullKeepModel
	}
	if !w.sorts {
		return join(w.shared, keep, shaders.Cull, w.occlude(shaders.OccludeCull))
	}
	return join(w.shared, keep, w.shapes, shaders.Cull, shaders.Sort, w.occlude(shaders.OccludeSort),
		fmt.Sprintf("const sort_culls = %v;\nconst sort_details = %v;", w.culls, w.details))
}

// weigh is the module of the kernel that weighs what the camera sees.
func (w *batchWGSL) weigh() string {
	if w.sorts {
		return join(w.shared, shaders.CullKeepNone, w.shapes, shaders.Cull, shaders.Sort, shaders.Weigh, shaders.WeighSet,
			"const sort_culls = true;\nconst sort_details = false;")
	}
	return join(w.shared, shaders.CullKeepNone, shaders.Cull, shaders.Weigh, shaders.WeighMesh)
}

// pickAll and pickSeen are drawAll and drawSeen for Pick.
func (w *batchWGSL) pickAll(k meshKind) string {
	return join(w.shared, shaders.PlaceAll, shaders.PlacedRecord, w.vertex(k), w.pick(k))
}

func (w *batchWGSL) pickSeen(k meshKind) string {
	return join(w.shared, w.place(), w.placedSeen(), w.vertex(k), w.pick(k))
}

func (w *batchWGSL) place() string {
	if w.sorts {
		return shaders.PlaceSorted
	}
	return shaders.PlaceSeen
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
