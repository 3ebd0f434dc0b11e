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
	mesh     *Mesh
	own      *Mesh // mesh, if the batch made it
	arena    *arena.Arena[T]
	uploader *upload.Uploader[T]
	stats    upload.Stats // of the last upload

	origin mgl64.Vec3    // see SetOrigin
	ahead  time.Duration // see SetClock

	changed time.Duration // Renderer.Now when a slot was last uploaded

	pages   []batchPage
	uniform batchUniform // of the page made last, and where the batch is

	wgsl      batchWGSL
	pipelines [passKinds]*wgpu.RenderPipeline // that draw all slots; nil: the batch is not in such a pass
	indices   *wgpu.Buffer                    // the mesh's; or, for the cube's shader, the batch's own
	count     uint32                          // of indices
	vertices  *wgpu.Buffer                    // nil: the cube's shader makes them

	mayCull  bool           // neither NoCull nor a Module
	pipeline pipelineConfig // of the picture's pipeline
	culling  *culling       // nil: there were never slots enough
	listed   bool           // all pages are ready to be culled: draw from lists
}

// NewBatch makes a batch that draws m for each slot of a. Lines and points are no meshes: for an arena of Line or
// Point, m is nil.
//
// The batch follows the arena: each Descend, no matter which part of the program calls it, adds what changed to the
// batch's next upload. At first the batch lacks everything. Any number of batches may follow one arena.
//
// If a shader does not compile, the error has the compiler's message. Its line numbers count from the first line of
// Module, Shade or Record; if you give both Shade and Record, from the first line of Shade.
//
// Call NewBatch on the render goroutine. Release the batch before the renderer and the mesh.
func NewBatch[T any](r *Renderer, a *arena.Arena[T], m *Mesh, cfg BatchConfig) (*Batch[T], error) {
	r.check("NewBatch")
	needs(a, "NewBatch", "the arena")
	if err := cfg.check(); err != nil {
		return nil, err
	}
	own, err := surfaceOf[T](r, m, &cfg)
	if err != nil {
		return nil, err
	}
	if own != nil {
		m = own
	}
	needs(m, "NewBatch", "the mesh")
	m.alive("NewBatch", "the mesh")
	if m.device != r.device {
		return nil, errors.New("render: NewBatch: the mesh belongs to another device: make it with the renderer's device")
	}
	code, err := joinWGSL[T](r, m, &cfg)
	if err != nil {
		releaseAll(own)
		return nil, err
	}
	r.batches++
	b := &Batch[T]{
		renderer: r, mesh: m, own: own, arena: a, wgsl: code, origin: cfg.Origin,
		indices: m.indices, count: m.indexCount, vertices: m.vertices,
	}
	b.uniform.ID, b.uniform.Tick = r.batches, MotionClock(cfg.Tick)
	colors := cfg.Colors
	if len(colors) == 0 {
		colors = palette
	}
	b.uniform.Colors = uint32(copy(b.uniform.Palette[:], colors))
	if err := b.init(cfg); err != nil {
		b.Release()
		return nil, err
	}
	return b, nil
}

func (b *Batch[T]) init(cfg BatchConfig) (err error) {
	d := b.renderer.device
	p := pipelineConfig{
		layout: b.renderer.layout, buffers: vertexLayout, vertex: "vs_main", fragment: "fs_main",
		topology: wgpu.PrimitiveTopologyTriangleList,
	}
	if b.mesh.cube && cfg.Module == "" {
		p.buffers, b.vertices = nil, nil
		if b.indices, err = newBuffer(d, "cube indices", arena.Bytes(cubeIndices()), wgpu.BufferUsageIndex); err != nil {
			return err
		}
	}
	module, err := newModule(d, b.wgsl.drawAll())
	if err != nil {
		return err
	}
	defer module.Release()
	size := int(unsafe.Sizeof(*new(T)))
	if stride, ok := b.renderer.recordStride(module, p); ok && stride != size {
		return fmt.Errorf("render: NewBatch: %T has %d bytes, but its WGSL record has a stride of %d: lay both out alike "+
			"(WGSL aligns a vec3f, and a struct that contains one, to 16 bytes)", *new(T), size, stride)
	}
	if b.pipelines[passPicture], err = b.renderer.newPipeline(module, p); err != nil {
		return err
	}
	if cfg.Record != "" || cfg.Shade != "" {
		if err := b.checkNames(); err != nil {
			return err
		}
	}
	b.mayCull, b.pipeline = cfg.Module == "" && !cfg.NoCull, p
	if s := b.renderer.studio; s != nil && cfg.Module == "" {
		p.layout, p.fragment, p.depth = s.layout, b.wgsl.depth, true
		if b.pipelines[passDepth], err = b.renderer.newPipeline(module, p); err != nil {
			return err
		}
	}
	if cfg.Upload.Costs == (upload.Costs{}) {
		cfg.Upload.Costs = d.uploadCosts()
	}
	b.uploader, err = upload.New(d.GPU, b.arena, cfg.Upload)
	return err
}

// checkNames compiles the user's text beside everything that later modules declare: those of culling and of Pick, which
// are compiled when they are first needed. So a name that the user's text and slotstream both declare is found now.
func (b *Batch[T]) checkNames() error {
	module, err := newModule(b.renderer.device, b.wgsl.names())
	if err != nil {
		return fmt.Errorf("%w\n(Record or Shade declares a name that slotstream's shaders for culling or Pick declare too: choose another name)", err)
	}
	module.Release()
	return nil
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
	b.mesh.alive(doing, "a batch's mesh")
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
	if b.indices != b.mesh.indices {
		releaseAll(b.indices)
	}
	for _, p := range b.pipelines {
		releaseAll(p)
	}
	releaseAll(b.culling, b.uploader, b.own)
	b.renderer.device.flush()
}
