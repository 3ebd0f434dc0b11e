package demo

import (
	"flag"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload/gpu"
)

var wholeTicks = flag.Duration("wholeticks", 2*time.Second, "how long TestFramesShowWholeTicks draws")

// starts asks the GPU for the earliest and the latest start of the motions in its buffers. They are equal if all
// motions are of one tick.
type starts struct {
	dev      *render.Device
	pipeline *wgpu.ComputePipeline
	out      *wgpu.Buffer
}

const startsCode = `
struct Record { motion: Motion, color: vec4f }
struct Clock { now: u32, tick: u32, ahead: u32 }
@group(0) @binding(0) var<storage, read> records: array<Record>;
@group(0) @binding(1) var<storage, read_write> found: array<atomic<u32>, 4>;
const frame = Clock(0u, 0u, 0u);
const batch = Clock(0u, 0u, 0u);
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= arrayLength(&records) { return; }
    let start = records[id.x].motion.start;
    if start == 0u { return; }
    atomicMax(&found[0], start);
    atomicMax(&found[1], ~start);
    atomicAdd(&found[2], 1u);
}`

func newStarts(t *testing.T, dev *render.Device) *starts {
	t.Helper()
	s := &starts{dev: dev}
	module, err := dev.GPU.CreateShaderModule(&wgpu.ShaderModuleDescriptor{WGSLDescriptor: &wgpu.ShaderModuleWGSLDescriptor{Code: shaders.Motion + startsCode}})
	if err != nil {
		t.Fatal(err)
	}
	defer module.Release()
	if s.pipeline, err = dev.GPU.CreateComputePipeline(&wgpu.ComputePipelineDescriptor{Compute: wgpu.ProgrammableStageDescriptor{Module: module, EntryPoint: "main"}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pipeline.Release)
	if s.out, err = dev.GPU.CreateBuffer(&wgpu.BufferDescriptor{Size: 16, Usage: wgpu.BufferUsageStorage | wgpu.BufferUsageCopySrc | wgpu.BufferUsageCopyDst}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.out.Release)
	return s
}

// of returns how many slots of the scene move on the GPU, and whether all of them are of one tick.
func (s *starts) of(t *testing.T, scene *stage.Scene) (moving int, whole bool) {
	t.Helper()
	if err := s.dev.Queue.WriteBuffer(s.out, 0, make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	e, err := s.dev.GPU.CreateCommandEncoder(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Release()
	layout := s.pipeline.GetBindGroupLayout(0)
	defer layout.Release()
	pass := e.BeginComputePass(nil)
	pass.SetPipeline(s.pipeline)
	for _, p := range simulation(scene).slots.Drawn.Uploader().Pages() {
		group, err := s.dev.GPU.CreateBindGroup(&wgpu.BindGroupDescriptor{Layout: layout, Entries: []wgpu.BindGroupEntry{
			{Binding: 0, Buffer: p.Buffer, Size: wgpu.WholeSize}, {Binding: 1, Buffer: s.out, Size: wgpu.WholeSize},
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer group.Release()
		pass.SetBindGroup(0, group, nil)
		pass.DispatchWorkgroups(uint32(p.Count+63)/64, 1, 1)
	}
	if err := pass.End(); err != nil {
		t.Fatal(err)
	}
	pass.Release()
	commands, err := e.Finish(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.dev.Queue.Submit(commands)
	commands.Release()
	var found [4]uint32
	if err := gpu.ReadBuffer(s.dev.GPU, s.out, unsafe.Slice((*byte)(unsafe.Pointer(&found)), 16)); err != nil {
		t.Fatal(err)
	}
	return int(found[2]), found[2] == 0 || found[0] == ^found[1]
}

// Every frame shows one tick of the whole world, though frames and ticks have clocks of their own: all motions in the
// GPU's buffers have the same start.
func TestFramesShowWholeTicks(t *testing.T) {
	runtime.LockOSThread() // as the program's; given up with it
	stage.GiveWay()
	s, target := openScene(t, 160, 90, Config{Cubes: 3000, Tick: 60})
	check := newStarts(t, target.Device())
	simulation(s).world.Run()
	var ages []time.Duration
	moved, ticks := 0, map[uint64]bool{}
	for end := time.Now().Add(*wholeTicks); time.Now().Before(end) || len(ticks) < 20; {
		draw(t, s, target)
		number, age := simulation(s).world.Shown()
		ticks[number] = true
		ages = append(ages, age)
		moving, whole := check.of(t, s)
		if !whole {
			t.Fatalf("frame %d shows a mixture of ticks", len(ages))
		}
		moved += moving
		if simulation(s).world.Stats().Awake == 0 {
			simulation(s).world.Explode(-1)
		}
	}
	if moved == 0 {
		t.Error("nothing moved")
	}
	slices.Sort(ages)
	t.Logf("%d frames of %d commits, none mixed; age p50 %v, p99 %v of ticks of %v; %v lost",
		len(ages), len(ticks), ages[len(ages)/2], ages[len(ages)*99/100], simulation(s).world.Tick(), simulation(s).world.Stats().Dropped)

	// The same check must find a slot of another tick.
	w := simulation(s).world
	w.Pause(true)
	draw(t, s, target)
	for _, p := range simulation(s).slots.Drawn.Uploader().Pages() {
		other := [1]uint32{12345}
		if err := s.Renderer.Wait(); err != nil {
			t.Fatal(err)
		}
		if err := target.Device().Queue.WriteBuffer(p.Buffer, 12, unsafe.Slice((*byte)(unsafe.Pointer(&other)), 4)); err != nil {
			t.Fatal(err)
		}
	}
	if _, whole := check.of(t, s); whole {
		t.Error("a mixture was not found")
	}
}
