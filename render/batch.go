//go:build cgo

package render

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload"
)

// Instance is a slot with a colour of its own, 80 bytes. The zero Instance
// draws nothing.
type Instance struct {
	Model mgl32.Mat4 // mesh to world
	Color Color
}

// BatchConfig says how an arena is uploaded and shaded. The zero value is the
// built-in shading of arenas of mgl32.Mat4, Instance, Motion and MotionInstance.
type BatchConfig struct {
	Upload upload.Config // zero: the cheapest way, pages of up to 64 MiB

	// NoCull draws every slot, seen or not. Otherwise, from 4,096 slots on, the
	// GPU finds out which slots the camera, and in Studio each depth map, can see,
	// and draws those: the same picture, and nothing is spent on the others. Batches
	// with a Module are not culled.
	NoCull bool

	// Colors of an arena of matrices: slot i takes one of them, always the
	// same, seemingly at random. Up to 8; nil for a built-in palette.
	Colors []Color

	// Origin is where in the world the slots count from, metres: see Camera. Zero:
	// the world's own origin.
	Origin mgl64.Vec3

	// Tick is how long a Motion takes from From to To; 0 is at once.
	Tick time.Duration

	// Record is WGSL for arenas of another type than those with built-in shading; ""
	// for those. It declares
	//	struct Record { … }                            laid out as the Go type
	//	fn model(r: Record) -> mat4x4f                 mesh to world, from Origin
	//	fn tint(r: Record, index: u32) -> vec4f        colour
	// One that calls moved(m: Motion) -> mat4x4f, of a Motion that it holds, is
	// given both (shaders/motion.wgsl).
	Record string

	// Shade is WGSL that colours a point of a surface; "" for the look's light on the
	// slot's colour. It declares
	//	fn shade(p: Point) -> vec4f
	// and may call lit(p), the look's own light on p.color. Its alpha goes into
	// the picture, not premultiplied. Point and Frame (the variable frame) are
	// in shaders/scene.wgsl.
	Shade string

	// Module is WGSL that replaces everything; "" for none: entry points vs_main and
	// fs_main; vertex inputs position and normal (vec3f) at locations 0 and 1;
	// the uniform Frame at group 0, binding 0; array<T>, read only, at group 1,
	// binding 0; the uniform Batch at group 1, binding 1: frame.view_proj turns what
	// counts from the camera's origin into clip coordinates, and batch.origin is
	// Origin counted from there. Its last word is
	// output(c: vec3f) -> vec4f, which is given: it turns linear colour into
	// what the target stores. It casts no shadow.
	Module string
}

// Drawable is what a Renderer draws: a *Batch of any type.
type Drawable interface {
	// Upload brings the GPU up to date with the arena's mirror.
	Upload() (upload.Stats, error)

	// Stats are those of the last upload.
	Stats() upload.Stats

	// place tells the shaders where the batch is for a camera.
	place(origin, eye mgl64.Vec3) error

	// follows is the arena, which Frame descends into once, however many batches follow it.
	follows() any
	descend() arena.Delta

	// picks prepares the batch for Pick, and returns its number.
	picks() (id uint32, err error)

	// cull records which slots v sees, where the batch is culled, and draw draws them.
	culled() bool
	cull(pass *wgpu.ComputePassEncoder, v *view)
	draw(pass *wgpu.RenderPassEncoder, v *view)

	// madeBy is the renderer that the batch was made for. It panics if the
	// batch, or what it stands on, has been released.
	madeBy(doing string) *Renderer
}

// Batch is one mesh drawn once for each slot of an arena. It belongs to the goroutine
// that drives the renderer, which is also the one that descends into the arena.
type Batch[T any] struct {
	life
	renderer  *Renderer
	mesh      *Mesh
	arena     *arena.Arena[T]
	uploader  *upload.Uploader[T]
	stats     upload.Stats
	uniform   batchUniform // of the last page
	origin    mgl64.Vec3
	ahead     time.Duration // of Renderer.Now
	pages     []batchPage
	shared    string                               // what every module of the batch holds, its Record and Shade among it; empty with a Module
	pipelines [drawsSlots + 1]*wgpu.RenderPipeline // by what a view draws; nil: it is not drawn there
	indices   *wgpu.Buffer                         // of the mesh, or the cube's own
	count     uint32                               // of indices
	vertices  *wgpu.Buffer                         // nil: the shader makes them
	culls     func() (*culling, error)             // makes culling; nil: never
	culling   *culling                             // nil: not yet
	listed    bool                                 // every page has what culling needs: it is drawn by lists
}

// batchPage is what the shaders see of one page of the uploader.
type batchPage struct {
	page    upload.Page
	uniform *wgpu.Buffer
	placed  placeUniform // what the end of uniform holds
	group   *wgpu.BindGroup
	cull    *cullPage // nil: not yet
}

// NewBatch makes a batch. A shader that does not compile is an error that holds
// the compiler's message; its line numbers count from the first line of
// Module, Shade or Record (of Shade where both are given).
//
// The batch follows the arena: each Descend, no matter which part of the program
// calls it, adds what changed to what the batch uploads next. Any number of batches may
// share an arena. Release the batch before the renderer.
func NewBatch[T any](r *Renderer, a *arena.Arena[T], m *Mesh, o BatchConfig) (*Batch[T], error) {
	r.check("NewBatch")
	needs(a, "NewBatch", "the arena")
	needs(m, "NewBatch", "the mesh")
	m.alive("NewBatch", "the mesh")
	if m.device != r.device {
		return nil, errors.New("render: the mesh is of another device than the renderer: make it with the renderer's device")
	}
	b := &Batch[T]{renderer: r, mesh: m, arena: a, indices: m.indices, count: m.indexCount, vertices: m.vertices}
	colors := o.Colors
	if len(colors) == 0 {
		colors = palette
	}
	if len(colors) > maxColors {
		return nil, fmt.Errorf("render: %d colours for a batch: %d at most", len(colors), maxColors)
	}
	for _, c := range colors {
		if !finite(c[:]...) {
			return nil, fmt.Errorf("render: a colour of %v for a batch: it must be finite", c)
		}
	}
	if !(o.Origin.Len() <= math.MaxFloat64) {
		return nil, fmt.Errorf("render: BatchConfig.Origin is %v: metres in the world, all finite", o.Origin)
	}
	if o.Tick < 0 || o.Tick > time.Hour {
		return nil, fmt.Errorf("render: BatchConfig.Tick is %v: 0 to an hour", o.Tick)
	}
	b.uniform.Tick, b.origin = MotionClock(o.Tick), o.Origin
	r.made++
	b.uniform.ID = r.made
	b.uniform.Colors = uint32(copy(b.uniform.Palette[:], colors))
	shared, stages, err := b.code(o)
	if err != nil {
		return nil, err
	}
	if err := b.init(a, o, shared, stages); err != nil {
		b.Release()
		return nil, err
	}
	return b, nil
}

func (b *Batch[T]) init(a *arena.Arena[T], o BatchConfig, shared, stages string) (err error) {
	layout := vertexLayout
	if b.mesh.cube && o.Module == "" {
		layout, b.vertices = nil, nil
		if b.indices, err = newBuffer(b.renderer.device, "cube indices", bytesOf(cubeIndices()), wgpu.BufferUsageIndex); err != nil {
			return err
		}
	}
	all := stages
	if o.Module == "" {
		all = strings.Join([]string{shared, stages, shaders.PlaceAll, shaders.PlacedRecord}, "\n")
	}
	module, err := newModule(b.renderer.device, all)
	if err != nil {
		return err
	}
	defer module.Release()
	p := pipelineConfig{layout: b.renderer.layout, buffers: layout, vertex: "vs_main", fragment: "fs_main", topology: wgpu.PrimitiveTopologyTriangleList}
	size := int(unsafe.Sizeof(*new(T)))
	if stride, ok := b.renderer.recordStride(module, p); ok && stride != size {
		return fmt.Errorf("render: %T has %d bytes, but its WGSL record has a stride of %d: lay both out alike "+
			"(a vec3f is aligned to 16 bytes, as is a struct that holds one)", *new(T), size, stride)
	}
	if b.pipelines[drawsPicture], err = b.renderer.newPipeline(module, p); err != nil {
		return err
	}
	b.shared = shared
	if o.Record != "" || o.Shade != "" {
		if err := b.checkNames(); err != nil {
			return err
		}
	}
	if o.Module == "" && !o.NoCull {
		p := p
		b.culls = func() (*culling, error) { return newCulling(b.renderer, shared, stages, b.keeps(), p) }
	}
	if s := b.renderer.studio; s != nil && o.Module == "" {
		p.layout, p.fragment = s.layout, ""
		if b.pipelines[drawsDepth], err = b.renderer.newPipeline(module, p); err != nil {
			return err
		}
	}
	if o.Upload.Costs == (upload.Costs{}) {
		o.Upload.Costs = upload.DefaultCosts(b.renderer.device.Adapter.GetInfo().AdapterType)
	}
	b.uploader, err = upload.New(b.renderer.device.GPU, a, o.Upload)
	return err
}

// code joins what every module of the batch holds, the user's WGSL among it, and the
// vertex and fragment stages that draw, but for slot_at and placed.
func (b *Batch[T]) code(o BatchConfig) (shared, stages string, err error) {
	if o.Module != "" {
		if o.Record != "" || o.Shade != "" {
			return "", "", fmt.Errorf("render: BatchConfig.Module replaces Record and Shade: set it alone")
		}
		return "", o.Module + "\n" + b.renderer.tone(), nil
	}
	record, shade := o.Record, o.Shade
	if record == "" {
		switch t := reflect.TypeFor[T](); {
		case t == reflect.TypeFor[Instance]():
			record = shaders.RecordInstance
		case t == reflect.TypeFor[mgl32.Mat4]():
			record = shaders.RecordMat4
		case t == reflect.TypeFor[Motion]():
			record = shaders.RecordMotion
		case t == reflect.TypeFor[MotionInstance]():
			record = shaders.RecordMotionInstance
		default:
			return "", "", fmt.Errorf("render: an arena of %v: BatchConfig.Record or Module must say in WGSL how to draw it", t)
		}
	}
	look, flat := shaders.LookPlain, b.mesh.cube && shade == ""
	if b.renderer.studio != nil {
		look, flat = shaders.LookStudio, false
	}
	// The user's parts come first, so that the compiler's line numbers are theirs.
	parts := []string{shade, record, b.renderer.scene(), look}
	if shade == "" {
		parts[0] = shaders.Shade
		parts[0], parts[1] = parts[1], parts[0]
	}
	if callsMoved.MatchString(record) {
		parts = append(parts, shaders.Motion)
	}
	draws := []string{shaders.VertexMesh, shaders.Fragment}
	switch {
	case flat:
		draws = []string{shaders.Corner, shaders.VertexCubeFlat}
	case b.mesh.cube:
		draws = []string{shaders.Corner, shaders.VertexCube, shaders.Fragment}
	}
	return strings.Join(parts, "\n"), strings.Join(draws, "\n"), nil
}

// checkNames finds names of the user's that are ours in shaders which are compiled later only: for culling, once there
// are slots enough, and for Pick. It compiles all that those declare beside the user's text.
func (b *Batch[T]) checkNames() error {
	keep := shaders.CullKeepNone
	if b.keeps() {
		keep = shaders.CullKeepModel
	}
	parts := append([]string{b.shared, keep, shaders.Cull, shaders.PlaceSeen, shaders.PlacedRecord}, b.pickStages()...)
	module, err := newModule(b.renderer.device, strings.Join(parts, "\n"))
	if err != nil {
		return fmt.Errorf("%w\n(a name of slotstream's own, for culling or Pick: take another)", err)
	}
	module.Release()
	return nil
}

// keeps reports whether culling keeps the matrices of what is seen: those that take computing, where a page of them is
// no larger than one of records, which the device binds.
func (b *Batch[T]) keeps() bool {
	return callsMoved.MatchString(b.shared) && unsafe.Sizeof(*new(T)) >= unsafe.Sizeof(mgl32.Mat4{})
}

var callsMoved = regexp.MustCompile(`\bmoved\s*\(`)

// Upload brings the batch's pages on the GPU up to date with the arena's mirror: with
// what every Descend since the last Upload has changed. Frame does it for its batches.
// Who calls Encode descends, and uploads each batch. No Descend may run meanwhile.
func (b *Batch[T]) Upload() (upload.Stats, error) {
	b.madeBy("Upload")
	stats, err := b.uploader.Upload()
	if err != nil {
		return stats, err
	}
	b.stats = stats
	return stats, b.bind()
}

// SetOrigin moves all slots of the batch: from the next frame, Encode or Pick on, they
// count from this place in the world, in metres. It costs nothing a slot. It panics
// where origin is not finite.
func (b *Batch[T]) SetOrigin(origin mgl64.Vec3) {
	b.madeBy("SetOrigin")
	if !(origin.Len() <= math.MaxFloat64) {
		panic(fmt.Sprintf("render: SetOrigin: %v is not a place: metres in the world, all finite", origin))
	}
	b.origin = origin
}

// SetClock sets the batch's own clock, on which Motion.Start of its slots counts: it
// shows Renderer.Now + ahead, from the next frame, Encode or Pick on. A world that was
// stored by another process is on the clock of that process; ahead is how far that is
// ahead of Renderer.Now, and negative where it is behind. At first it is 0.
func (b *Batch[T]) SetClock(ahead time.Duration) {
	b.madeBy("SetClock")
	b.ahead = ahead
}

func (b *Batch[T]) follows() any { return b.arena }

func (b *Batch[T]) descend() arena.Delta { return b.arena.Descend() }

func (b *Batch[T]) madeBy(doing string) *Renderer {
	needs(b, doing, "a batch")
	b.alive(doing, "a batch")
	b.mesh.alive(doing, "a batch's mesh")
	b.renderer.alive(doing, "a batch's renderer")
	b.renderer.device.check(doing)
	return b.renderer
}

// bind makes a bind group for every page that is new.
func (b *Batch[T]) bind() error {
	b.listed = false // and all slots are drawn, where what follows fails
	for i, p := range b.uploader.Pages() {
		if i < len(b.pages) {
			if b.pages[i].page.Buffer == p.Buffer {
				b.pages[i].page = p
				continue
			}
			b.releasePages(i)
		}
		bp := batchPage{page: p, placed: b.uniform.placeUniform}
		b.uniform.First = uint32(p.First)
		var err error
		if bp.uniform, err = newBuffer(b.renderer.device, "batch", bytesOf([]batchUniform{b.uniform}),
			wgpu.BufferUsageUniform|wgpu.BufferUsageCopyDst); err != nil {
			return err
		}
		bp.group, err = newGroup(b.renderer.device, "batch", b.renderer.batchLayout,
			wgpu.BindGroupEntry{Binding: 0, Buffer: p.Buffer, Size: wgpu.WholeSize},
			wgpu.BindGroupEntry{Binding: 1, Buffer: bp.uniform, Size: wgpu.WholeSize})
		if err != nil {
			bp.release()
			return err
		}
		b.pages = append(b.pages, bp)
	}
	return b.bindCulling()
}

// bindCulling prepares the pages for culling, once there are enough slots.
func (b *Batch[T]) bindCulling() (err error) {
	if b.culls == nil || b.stats.HighWater < cullFrom {
		return nil
	}
	if b.culling == nil {
		if b.culling, err = b.culls(); err != nil {
			return err
		}
	}
	mesh := cullUniform{IndexCount: b.count, Center: b.mesh.center.Vec4(0), Half: b.mesh.half.Vec4(0)}
	if b.vertices == nil {
		mesh.Run, mesh.IndexCount = cubeRun, cubeIndexCount
	}
	for i := range b.pages {
		p := &b.pages[i]
		if p.cull == nil {
			if p.cull, err = b.culling.newPage(b.renderer, p.page.Buffer, p.uniform, p.page.Count, mesh); err != nil {
				return err
			}
		}
		if err := p.cull.use(b.renderer.device, max(0, b.drawn(p))); err != nil {
			return err
		}
	}
	b.listed = true
	return nil
}

// place subtracts in float64, and writes what changed: nothing while the camera rests.
func (b *Batch[T]) place(origin, eye mgl64.Vec3) error {
	shift := b.origin.Sub(origin)
	far := shift.Sub(eye)
	near := narrow(far)
	p := &b.uniform.placeUniform
	p.Ahead = MotionClock(b.ahead)
	p.Origin, p.FromEye, p.FromEyeRest = narrow(shift).Vec4(0), near.Vec4(0), narrow(far.Sub(wide(near))).Vec4(0)
	for i := range b.pages {
		page := &b.pages[i]
		if page.placed == *p {
			continue
		}
		if err := b.renderer.device.Queue.WriteBuffer(page.uniform, uint64(unsafe.Offsetof(b.uniform.placeUniform)), bytesOf(unsafe.Slice(p, 1))); err != nil {
			return fmt.Errorf("render: write where a batch is: %w", err)
		}
		page.placed = *p
	}
	return nil
}

// drawn is how many slots of a page there are to draw.
func (b *Batch[T]) drawn(p *batchPage) int {
	return min(p.page.Count, b.stats.HighWater-p.page.First)
}

// culled reports whether the frame is drawn by lists of what is seen.
func (b *Batch[T]) culled() bool { return b.listed }

func (p *batchPage) release() {
	releaseAll(p.cull, p.group, p.uniform)
}

// releasePages lets go of the pages from the first on.
func (b *Batch[T]) releasePages(first int) {
	for i := first; i < len(b.pages); i++ {
		b.pages[i].release()
	}
	b.pages = b.pages[:first]
}

func (b *Batch[T]) cull(pass *wgpu.ComputePassEncoder, v *view) {
	if !b.culled() {
		return
	}
	for i := range b.pages {
		if p := &b.pages[i]; b.drawn(p) > 0 {
			b.culling.encode(pass, p.cull, v.index)
		}
	}
}

// draw records the draw of each page: one instanced draw of what v sees, or one of all
// slots and, of cubes, one of the last, which fill no instance.
func (b *Batch[T]) draw(pass *wgpu.RenderPassEncoder, v *view) {
	culled := b.culled()
	pipeline := b.pipelines[v.draws]
	if culled {
		pipeline = b.culling.pipelines[v.draws]
	}
	if pipeline == nil {
		return
	}
	pass.SetPipeline(pipeline)
	if b.vertices == nil {
		pass.SetIndexBuffer(b.indices, wgpu.IndexFormatUint16, 0, wgpu.WholeSize)
	} else {
		pass.SetVertexBuffer(0, b.vertices, 0, wgpu.WholeSize)
		pass.SetIndexBuffer(b.indices, wgpu.IndexFormatUint32, 0, wgpu.WholeSize)
	}
	for i := range b.pages {
		p := &b.pages[i]
		n := b.drawn(p)
		switch {
		case n <= 0:
		case culled:
			seen := &p.cull.views[v.index]
			pass.SetBindGroup(1, seen.draw, nil)
			pass.DrawIndexedIndirect(seen.list, 0)
		case b.vertices == nil:
			pass.SetBindGroup(1, p.group, nil)
			drawCubes(pass, n)
		default:
			pass.SetBindGroup(1, p.group, nil)
			pass.DrawIndexed(b.count, uint32(n), 0, 0, 0)
		}
	}
}

// Stats are those of the last upload: of Upload or Frame.
func (b *Batch[T]) Stats() upload.Stats { return b.stats }

// Uploader returns the batch's uploader, whose pages your own pipelines can bind.
func (b *Batch[T]) Uploader() *upload.Uploader[T] { return b.uploader }

// Release frees what the batch made; mesh and arena are not its own. A second
// Release does nothing.
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
	releaseAll(b.culling, b.uploader)
	b.renderer.device.flush()
}
