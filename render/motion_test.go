package render_test

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
)

// moved asks the GPU where motions are.
func moved(t *testing.T, d *render.Device, motions []render.Motion, now, tick time.Duration) []mgl32.Mat4 {
	t.Helper()
	const ahead = -3 * time.Hour // of the batch's clock, which now is on
	module, err := d.GPU.CreateShaderModule(&wgpu.ShaderModuleDescriptor{WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: shaders.Motion + `
struct Clock { now: u32, tick: u32, ahead: u32 }
@group(0) @binding(0) var<uniform> frame: Clock;
@group(0) @binding(1) var<uniform> batch: Clock;
@group(0) @binding(2) var<storage, read> motions: array<Motion>;
@group(0) @binding(3) var<storage, read_write> models: array<mat4x4f>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if id.x < arrayLength(&motions) { models[id.x] = moved(motions[id.x]); }
}`}})
	check(t, err)
	defer module.Release()
	var entries []wgpu.BindGroupLayoutEntry
	for i, kind := range []wgpu.BufferBindingType{wgpu.BufferBindingTypeUniform, wgpu.BufferBindingTypeUniform,
		wgpu.BufferBindingTypeReadOnlyStorage, wgpu.BufferBindingTypeStorage} {
		entries = append(entries, wgpu.BindGroupLayoutEntry{Binding: uint32(i), Visibility: wgpu.ShaderStageCompute, Buffer: wgpu.BufferBindingLayout{Type: kind}})
	}
	layout, err := d.GPU.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{Entries: entries})
	check(t, err)
	defer layout.Release()
	layouts, err := d.GPU.CreatePipelineLayout(&wgpu.PipelineLayoutDescriptor{BindGroupLayouts: []*wgpu.BindGroupLayout{layout}})
	check(t, err)
	defer layouts.Release()
	pipeline, err := d.GPU.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{
		Layout: layouts, Compute: wgpu.ProgrammableStageDescriptor{Module: module, EntryPoint: "main"}})
	check(t, err)
	defer pipeline.Release()
	buffer := func(contents []byte, usage wgpu.BufferUsage) *wgpu.Buffer {
		b, err := d.GPU.CreateBufferInit(&wgpu.BufferInitDescriptor{Contents: contents, Usage: usage})
		check(t, err)
		t.Cleanup(b.Release)
		return b
	}
	words := func(v ...uint32) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v)) }
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&motions[0])), len(motions)*64)
	out := buffer(bytes, wgpu.BufferUsageStorage|wgpu.BufferUsageCopySrc)
	clock := buffer(words(render.MotionClock(now-ahead), 0, 0, 0), wgpu.BufferUsageUniform)
	ticks := buffer(words(0, render.MotionClock(tick), render.MotionClock(ahead), 0), wgpu.BufferUsageUniform)
	group, err := d.GPU.CreateBindGroup(&wgpu.BindGroupDescriptor{Layout: layout, Entries: []wgpu.BindGroupEntry{
		{Binding: 0, Buffer: clock, Size: wgpu.WholeSize}, {Binding: 1, Buffer: ticks, Size: wgpu.WholeSize},
		{Binding: 2, Buffer: buffer(bytes, wgpu.BufferUsageStorage), Size: wgpu.WholeSize}, {Binding: 3, Buffer: out, Size: wgpu.WholeSize},
	}})
	check(t, err)
	defer group.Release()
	e, err := d.GPU.CreateCommandEncoder(nil)
	check(t, err)
	defer e.Release()
	pass := e.BeginComputePass(nil)
	pass.SetPipeline(pipeline)
	pass.SetBindGroup(0, group, nil)
	pass.DispatchWorkgroups(uint32(len(motions)+63)/64, 1, 1)
	check(t, gpu.End(pass))
	pass.Release()
	commands, err := e.Finish(nil)
	check(t, err)
	d.Queue.Submit(commands)
	commands.Release()
	models := make([]mgl32.Mat4, len(motions))
	check(t, gpu.ReadBuffer(d.GPU, out, unsafe.Slice((*byte)(unsafe.Pointer(&models[0])), len(models)*64)))
	return models
}

// exact is where a motion is by slerp in float64, t of the way.
func exact(m *render.Motion, t float64) mgl64.Mat4 {
	wide := func(q mgl32.Quat) mgl64.Quat {
		return mgl64.Quat{W: float64(q.W), V: mgl64.Vec3{float64(q.V[0]), float64(q.V[1]), float64(q.V[2])}}.Normalize()
	}
	from, to := wide(m.FromTurn), wide(m.ToTurn)
	if from.Dot(to) < 0 {
		to = to.Scale(-1)
	}
	turn := from
	if angle := math.Acos(min(from.Dot(to), 1)); angle > 1e-9 {
		turn = from.Scale(math.Sin((1-t)*angle) / math.Sin(angle)).Add(to.Scale(math.Sin(t*angle) / math.Sin(angle)))
	}
	out := turn.Mat4()
	for i := range 12 {
		if i%4 < 3 {
			out[i] *= float64(m.Scale)
		}
	}
	for k := range 3 {
		out[12+k] = float64(m.From[k])*(1-t) + float64(m.To[k])*t
	}
	return out
}

func randomTurn(rng *rand.Rand) mgl32.Quat {
	return mgl32.Quat{
		W: float32(rng.NormFloat64()), V: mgl32.Vec3{float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64())},
	}.Normalize()
}

// The GPU blends as slerp does, at any moment of a tick and beside it, also where the clock wraps, and Motion.At as the
// GPU does.
func TestMotionIsBlendedOnTheGPU(t *testing.T) {
	d := openDevice(t)
	const tick = 100 * time.Millisecond
	const wrap = time.Duration(1<<32) * time.Microsecond
	rng := rand.New(rand.NewPCG(1, 2))
	for _, start := range []time.Duration{0, time.Second, wrap - tick/2, wrap - 1000, 3*wrap + 5*tick} {
		for _, since := range []time.Duration{-4 * time.Minute, -tick, -1000, 0, tick / 7, tick / 2, tick - 1000, tick, 3 * tick, time.Minute, time.Hour} {
			var motions []render.Motion
			var angles []float64
			for range 500 {
				angle := rng.Float64() * 1.5
				axis := mgl32.Vec3{float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64())}.Normalize()
				from := randomTurn(rng)
				to := mgl32.QuatRotate(float32(angle), axis).Mul(from).Normalize()
				if rng.IntN(2) == 0 {
					to = to.Scale(-1) // the same turn
				}
				motions = append(motions, render.Motion{
					From: mgl32.Vec3{rng.Float32(), rng.Float32(), rng.Float32()}, FromTurn: from, Start: render.MotionClock(start),
					To: mgl32.Vec3{rng.Float32(), rng.Float32(), rng.Float32()}, ToTurn: to, Scale: 1,
				})
				angles = append(angles, angle)
			}
			part := min(max(float64(since)/float64(tick), 0), 1)
			models := moved(t, d, motions, start+since, tick)
			for i, m := range models {
				want := exact(&motions[i], part)
				cpu := motions[i].At(start+since, tick)
				worst, apart := 0.0, 0.0
				for k := range m {
					worst = max(worst, math.Abs(float64(m[k])-want[k]))
					apart = max(apart, math.Abs(float64(m[k]-cpu[k])))
				}
				if worst > 1e-4 {
					t.Fatalf("start %v, %v later, %.2f rad: off by %.1e", start, since, angles[i], worst)
				}
				if apart > 2e-6 {
					t.Fatalf("start %v, %v later: At is off by %.1e from the GPU", start, since, apart)
				}
			}
		}
	}
}

// A body at rest stays at any time of the clock. A teleport jumps. The zero Motion is a zero matrix but for its corner.
func TestStillZeroAndTeleport(t *testing.T) {
	d := openDevice(t)
	still := render.Still(mgl32.Vec3{1, 2, 3}, mgl32.QuatRotate(0.7, mgl32.Vec3{0, 1, 0}), 2)
	teleport := render.Still(mgl32.Vec3{-5, 0, 0}, mgl32.QuatIdent(), 1)
	teleport.Start = render.MotionClock(10 * time.Second)
	motions := []render.Motion{still, teleport, {}}
	want := []mgl64.Mat4{exact(&still, 0), exact(&teleport, 0), {15: 1}}
	for _, now := range []time.Duration{0, time.Second, time.Hour, 71*time.Minute + 34*time.Second, 72 * time.Minute, 100 * time.Hour} {
		for _, tick := range []time.Duration{0, time.Microsecond, time.Second} {
			for i, m := range moved(t, d, motions, now, tick) {
				for k := range m {
					if math.Abs(float64(m[k])-want[i][k]) > 1e-6 {
						t.Fatalf("at %v, motion %d is %v, want %v", now, i, m, want[i])
					}
				}
			}
		}
	}
}

// A motion is drawn as the matrix that it stands for: any mesh, any look, with the batch's colours, its own, or in a
// record of yours.
func TestMotionsAreDrawn(t *testing.T) {
	type mine struct {
		Motion render.Motion
		Color  render.Color
	}
	const record = `struct Record { motion: Motion, color: vec4f }
fn model(r: Record) -> mat4x4f { return moved(r.motion); }
fn tint(r: Record, index: u32) -> vec4f { return r.color; }`
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 16, 8)
	check(t, err)
	t.Cleanup(sphere.Release)
	m := render.Motion{
		From: mgl32.Vec3{-1, 0, 0}, FromTurn: mgl32.QuatIdent(), Scale: 1.5, Start: render.MotionClock(time.Second),
		To: mgl32.Vec3{1, 0.5, 0}, ToTurn: mgl32.QuatRotate(1.2, mgl32.Vec3{1, 1, 0}.Normalize()),
	}
	const tick = 100 * time.Millisecond
	red := render.Color{1, 0.1, 0.1, 1}
	camera := render.NewCamera(mgl32.Vec3{}, 5)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 160, 90, render.Config{Look: look})
		for _, mesh := range []*render.Mesh{cubeMesh(t, d), sphere} {
			o := render.BatchConfig{Colors: []render.Color{red}, Tick: tick}
			motions := newBatch(t, s, newArena(t, m), mesh, o)
			instances := newBatch(t, s, newArena(t, render.MotionInstance{Motion: m, Color: red}), mesh, render.BatchConfig{Tick: tick})
			own := newBatch(t, s, newArena(t, mine{m, red}), mesh, render.BatchConfig{Tick: tick, Record: record})
			var last *image.NRGBA
			for _, now := range []time.Duration{0, time.Second + tick/4, time.Second + tick/2, time.Hour} {
				s.renderer.Now = now
				want := s.shot(t, camera, newBatch(t, s, newArena(t, m.At(now, tick)), mesh, render.BatchConfig{Colors: []render.Color{red}}))
				for _, b := range []render.Drawable{motions, instances, own} {
					same(t, "a motion", s.shot(t, camera, b), want)
				}
				if last != nil && string(last.Pix) == string(want.Pix) {
					t.Error("nothing moved")
				}
				last = want
			}
		}
	}
	if _, err := render.NewBatch(newStage(t, d, 8, 8, render.Config{}).renderer, newArena(t, m), sphere, render.BatchConfig{Tick: -1}); err == nil {
		t.Error("a negative tick was taken")
	}
}

// At 20 ticks in 60 frames a second, two frames of three upload nothing, and all frames together a third of what
// matrices take.
func TestMotionUploadsOnTicksOnly(t *testing.T) {
	const bodies, frames = 1000, 60
	d := openDevice(t)
	s := newStage(t, d, 32, 32, render.Config{})
	camera := render.NewCamera(mgl32.Vec3{}, 5)
	motions := newArena[render.Motion](t)
	matrices := newArena[mgl32.Mat4](t)
	group := motions.NewGroup()
	moving, err := group.AllocSpan(bodies, render.Motion{})
	check(t, err)
	posed, err := matrices.AllocSpan(bodies, mgl32.Mat4{})
	check(t, err)
	blended := newBatch(t, s, motions, cubeMesh(t, d), render.BatchConfig{Tick: time.Second / 20})
	stored := newBatch(t, s, matrices, cubeMesh(t, d), render.BatchConfig{})
	draw := func(b render.Drawable) (bytes, calls int) {
		_, err := s.renderer.Frame(s.target, &camera, b)
		check(t, err)
		return b.Stats().Bytes, b.Stats().Calls
	}
	draw(blended)
	draw(stored)
	poses := make([]mgl32.Mat4, bodies)
	quiet, sent, full := 0, 0, 0
	for frame := range frames {
		now := time.Duration(frame) * time.Second / 60
		if frame%3 == 0 {
			for i, slot := 0, moving.Stage(0, bodies); i < bodies; i++ {
				x := float32(i) / bodies
				slot[i] = render.Motion{
					From: mgl32.Vec3{x, float32(frame), 0}, FromTurn: mgl32.QuatIdent(), Start: render.MotionClock(now),
					To: mgl32.Vec3{x, float32(frame + 3), 0}, ToTurn: mgl32.QuatIdent(), Scale: 1,
				}
			}
			group.Commit(arena.Tick{Number: uint64(frame / 3)})
		}
		for i := range poses {
			poses[i] = mgl32.Translate3D(float32(i)/bodies, float32(frame), 0)
		}
		posed.StoreAll(poses)
		s.renderer.Now = now
		bytes, calls := draw(blended)
		if sent += bytes; calls == 0 && bytes == 0 {
			quiet++
		}
		bytes, _ = draw(stored)
		full += bytes
	}
	if quiet != frames*2/3 || sent*3 != full {
		t.Errorf("%d of %d frames upload nothing; %d bytes of %d", quiet, frames, sent, full)
	}
}
