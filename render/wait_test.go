//go:build !js

package render_test

import (
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload/gpu"
)

// A browser has no such limit, and ends pages whose shaders run for seconds: not there.

// wgpu's own wait gives up after 5 s, says that all is done, and frees commands that the GPU still runs. Work that
// takes longer is waited for by everything that waits, its results can be read, and a batch can be released behind it.
func TestWorkOfSevenSeconds(t *testing.T) {
	d := openDevice(t)
	work := newSlowWork(t, d)
	work.submit(t, 1) // compiles
	d.Wait()
	const some = 16
	start := time.Now()
	work.submit(t, some)
	d.Wait()
	rounds := int(8*time.Second/max(time.Since(start)/some, time.Microsecond)) + 1

	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	_, err = a.Alloc(mgl32.Ident4())
	check(t, err)
	s := newStage(t, d, 64, 64, render.Config{})
	mesh := cubeMesh(t, d)
	b := newBatch(t, s, a, mesh, render.BatchConfig{})
	want := s.shot(t, front, b)

	var fence gpu.Fence
	defer fence.Release()
	before := work.value(t)
	start = time.Now()
	work.submit(t, rounds)
	fence.Set(d.GPU)
	if fence.Done() {
		t.Fatal("work of seconds is done at once")
	}
	again := newBatch(t, s, a, mesh, render.BatchConfig{})
	_, err = s.renderer.Frame(s.target, &front, b, again)
	check(t, err)
	again.Release() // while its frame waits behind the work
	for range 3 {   // each waits for the last frame but one
		_, err := s.renderer.Frame(s.target, &front, b)
		check(t, err)
	}
	if !fence.Done() {
		t.Error("frames were waited for, and the work before them is not done")
	}
	t.Logf("%d rounds took %v", rounds, time.Since(start).Round(time.Millisecond))
	if got := work.value(t) - before; got != uint32(rounds) {
		t.Errorf("%d of %d rounds are done", got, rounds)
	}
	if n := off(want, s.shot(t, front, b)); n != 0 {
		t.Errorf("%d differences", n)
	}
}

// slowWork is a compute shader that keeps the GPU busy and counts its rounds. Its loop is short, because llvmpipe ends
// long ones; its threads are many.
type slowWork struct {
	d        *render.Device
	pipeline *wgpu.ComputePipeline
	group    *wgpu.BindGroup
	counter  *wgpu.Buffer
}

func newSlowWork(t *testing.T, d *render.Device) *slowWork {
	t.Helper()
	w := &slowWork{d: d}
	module, err := d.GPU.CreateShaderModule(&wgpu.ShaderModuleDescriptor{WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: `
		@group(0) @binding(0) var<storage, read_write> counter: array<u32>;
		@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
			var x = id.x + 1u;
			for (var i = 0u; i < 2000u; i++) { x = (x * 1664525u + 1013904223u) ^ (x >> 7u); }
			if (id.x == 0u) { counter[0] += 1u; }
			if (x == 0u) { counter[1] += 1u; }
		}`}})
	check(t, err)
	defer module.Release()
	w.pipeline, err = d.GPU.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{
		Compute: wgpu.ProgrammableStageDescriptor{Module: module, EntryPoint: "main"},
	})
	check(t, err)
	t.Cleanup(w.pipeline.Release)
	w.counter, err = d.GPU.CreateBuffer(&wgpu.BufferDescriptor{Size: 8, Usage: wgpu.BufferUsageStorage | wgpu.BufferUsageCopySrc})
	check(t, err)
	t.Cleanup(w.counter.Release)
	layout := w.pipeline.GetBindGroupLayout(0)
	defer layout.Release()
	w.group, err = d.GPU.CreateBindGroup(&wgpu.BindGroupDescriptor{Layout: layout, Entries: []wgpu.BindGroupEntry{{Buffer: w.counter, Size: wgpu.WholeSize}}})
	check(t, err)
	t.Cleanup(w.group.Release)
	return w
}

// submit has the GPU do rounds, in one submit.
func (w *slowWork) submit(t *testing.T, rounds int) {
	t.Helper()
	e, err := w.d.GPU.CreateCommandEncoder(nil)
	check(t, err)
	defer e.Release()
	pass := e.BeginComputePass(nil)
	defer pass.Release()
	pass.SetPipeline(w.pipeline)
	pass.SetBindGroup(0, w.group, nil)
	for range rounds {
		pass.DispatchWorkgroups(1024, 1, 1)
	}
	check(t, pass.End())
	commands, err := e.Finish(nil)
	check(t, err)
	defer commands.Release()
	w.d.Queue.Submit(commands)
}

func (w *slowWork) value(t *testing.T) uint32 {
	t.Helper()
	var n [1]uint32
	check(t, gpu.ReadBuffer(w.d.GPU, w.counter, wgpu.ToBytes(n[:])))
	return n[0]
}
