//go:build cgo || js

package render

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// A Batch draws one mesh for each slot of an arena.
//
// Call its methods on the render goroutine, which is also the goroutine that descends into the arena.
type Batch[T any] struct {
	life
	renderer *Renderer
	shapes   Shapes
	meshes   *MeshSet
	own      *Mesh // shapes, if the batch made it
	arena    *arena.Arena[T]
	uploader *upload.Uploader[T]
	stats    upload.Stats // of the last upload

	origin mgl64.Vec3    // see SetOrigin
	ahead  time.Duration // see SetClock

	changed time.Duration // Renderer.Now when a slot was last uploaded

	pages   []batchPage
	uniform batchUniform // of the page made last, and where the batch is

	wgsl    batchWGSL
	program *program     // for wgsl, or for what wgsl was before SetShape
	sortSet *wgpu.Buffer // describes meshes to the kernels; nil: the program does not sort
	listed  bool         // all pages have what they need to be drawn from lists
	offset  [1]uint32    // scratch of encodeDraw
	shapeOf shapeBytes
	lacking lacking
}

// NewBatch makes a batch that draws a mesh for each slot of a: m is a *Mesh, or a *MeshSet of which each slot shows one
// (Batch.SetShape). Lines and points are no meshes: for an arena of Line or Point, m is nil.
//
// The batch follows the arena: each Descend, no matter which part of the program calls it, adds what changed to the
// batch's next upload. At first the batch lacks everything. Any number of batches may follow one arena.
//
// NewBatch compiles shaders, some 50 ms on a software adapter, unless another batch of the renderer has the same ones.
//
// If a shader does not compile, the error has the compiler's message. Its line numbers count from the first line of
// Module, Shade or Record; if you give both Shade and Record, from the first line of Shade.
//
// Call NewBatch on the render goroutine. Release the batch before the renderer and the mesh.
func NewBatch[T any](r *Renderer, a *arena.Arena[T], m Shapes, cfg BatchConfig) (*Batch[T], error) {
	r.check("NewBatch")
	needs(a, "NewBatch", "the arena")
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if mesh, ok := m.(*Mesh); ok && mesh == nil {
		m = nil // an arena of lines needs no mesh
	}
	own, err := surfaceOf[T](r, m, &cfg)
	if err != nil {
		return nil, err
	}
	if own != nil {
		m = own
	}
	if m == nil {
		panic("render: NewBatch: the mesh is nil")
	}
	meshes := m.set("NewBatch", "the mesh")
	if meshes.device != r.device {
		return nil, errors.New("render: NewBatch: the mesh belongs to another device: make it with the renderer's device")
	}
	code, err := joinWGSL[T](r, meshes, &cfg)
	if err != nil {
		releaseAll(own)
		return nil, err
	}
	r.batches++
	meshes.used = true
	b := &Batch[T]{renderer: r, shapes: m, meshes: meshes, own: own, arena: a, wgsl: code, origin: cfg.Origin}
	b.uniform.ID, b.uniform.Tick = r.batches, MotionClock(cfg.Tick)
	colors := cfg.Colors
	if len(colors) == 0 {
		colors = palette
	}
	b.uniform.Colors = uint32(copy(b.uniform.Palette[:], colors))
	b.uniform.Center, b.uniform.Half = meshes.shapes[0].center.Vec4(0), meshes.shapes[0].half.Vec4(0)
	if err := b.init(cfg); err != nil {
		b.Release()
		return nil, err
	}
	return b, nil
}

func (b *Batch[T]) init(cfg BatchConfig) (err error) {
	d := b.renderer.device
	if b.program, err = b.renderer.use(b.wgsl); err != nil {
		return err
	}
	if size := int(unsafe.Sizeof(*new(T))); b.program.stride != 0 && b.program.stride != size {
		return fmt.Errorf("render: NewBatch: %T has %d bytes, but its WGSL record has a stride of %d: lay both out alike "+
			"(WGSL aligns a vec3f, and a struct that contains one, to 16 bytes)", *new(T), size, b.program.stride)
	}
	if cfg.Upload.Costs == (upload.Costs{}) {
		cfg.Upload.Costs = d.uploadCosts()
	}
	b.uploader, err = upload.New(d.GPU, b.arena, cfg.Upload)
	return err
}

// Upload brings the batch's buffers on the GPU up to date with the arena's mirror: it uploads what every Descend
// since the last Upload has changed. Renderer.Frame does this for its batches. Before Renderer.Encode, descend into
// the arena, and call Upload of each batch.
//
// An error loses nothing: what could not be uploaded goes with the next Upload. No Descend may run meanwhile.
func (b *Batch[T]) Upload() (upload.Stats, error) {
	b.rendererFor("Upload")
	stats, err := b.uploader.Upload()
	if err != nil {
		return stats, err
	}
	b.stats = stats
	if stats.Updated > 0 {
		b.changed = b.renderer.Now
	}
	return stats, b.bindPages()
}

// Stats returns the figures of the last upload, by Upload or by Frame.
func (b *Batch[T]) Stats() upload.Stats { return b.stats }

// Uploader returns the batch's uploader: for its pages, which compute passes of yours may read and write, and for its
// costs. It belongs to the batch: do not release it.
func (b *Batch[T]) Uploader() *upload.Uploader[T] { return b.uploader }

func (b *Batch[T]) source() any { return b.arena }

func (b *Batch[T]) descend() arena.Delta { return b.arena.Descend() }

func (b *Batch[T]) rendererFor(doing string) *Renderer {
	needs(b, doing, "a batch")
	b.alive(doing, "a batch")
	b.shapes.set(doing, "a batch's mesh")
	b.renderer.alive(doing, "a batch's renderer")
	b.renderer.device.check(doing)
	return b.renderer
}

// Release frees what the batch made, and stops following the arena. A second Release does nothing.
func (b *Batch[T]) Release() {
	if !b.end() {
		return
	}
	b.releasePages(0)
	b.renderer.drop(b.program)
	b.lacking.release()
	releaseAll(b.sortSet, b.uploader, b.own)
	b.renderer.device.flush()
}
