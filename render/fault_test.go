package render_test

import (
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// A device whose memory is gone fails every frame, with an error and without an end of the process; nothing of what
// was stored meanwhile is lost: a new device shows it.
func TestLostDevice(t *testing.T) {
	a, err := arena.New(arena.Config[render.Instance]{})
	check(t, err)
	var slots []arena.Slot[render.Instance]
	for range poses(1) {
		s, err := a.Alloc(render.Instance{})
		check(t, err)
		slots = append(slots, s)
	}
	write := func(from, to int, mirror float32) {
		for i, p := range poses(mirror)[from:to] {
			slots[from+i].Store(&p)
		}
	}
	shot := func(a *arena.Arena[render.Instance], fault func(s stage, b *render.Batch[render.Instance])) *image.NRGBA {
		s := newStage(t, openDevice(t), 320, 180, render.Config{})
		b := newBatch(t, s, a, cubeMesh(t, s.device), render.BatchConfig{})
		img := s.shot(t, front, b)
		if fault != nil {
			fault(s, b)
		}
		return img
	}

	write(0, len(slots), 1)
	before := shot(a, func(s stage, b *render.Batch[render.Instance]) {
		b.Uploader().Pages()[0].Buffer.Destroy()
		for i := range 5 {
			write(3*i, 3*i+3, 1.3)
			if _, err := s.renderer.Frame(s.target, &front, b); err == nil {
				t.Fatal("a frame was drawn from memory that is gone")
			} else if i == 0 {
				t.Log(err)
			}
		}
	})
	after := shot(a, nil)

	fresh, err := arena.New(arena.Config[render.Instance]{})
	check(t, err)
	for _, p := range poses(1.3) {
		_, err := fresh.Alloc(p)
		check(t, err)
	}
	if n := off(after, shot(fresh, nil)); n != 0 {
		t.Errorf("the new device shows another picture: %d differences", n)
	}
	if off(after, before) == 0 {
		t.Error("the picture did not change: nothing was tested")
	}
}

// The smallest and the largest target show the same cube.
func TestTargetsOfEverySize(t *testing.T) {
	d := openDevice(t)
	for _, size := range []int{1, 256, 8192} {
		s := newStage(t, d, size, size, render.Config{Background: &render.Color{0, 0, 0, 1}})
		a, err := arena.New(arena.Config[render.Instance]{})
		check(t, err)
		_, err = a.Alloc(render.Instance{Model: mgl32.Ident4(), Color: render.Color{1, 1, 1, 1}})
		check(t, err)
		img := s.shot(t, render.Camera{Distance: 2, FovY: 0.8, Near: 0.1}, newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{}))
		lit := 0
		for i := 0; i < len(img.Pix); i += 4 {
			if img.Pix[i] > 0 {
				lit++
			}
		}
		// The front face is 1 wide, 1.5 away: 1 / (2 · 1.5 · tan 0.4) of the side of the picture.
		share := float64(lit) / float64(size*size)
		if want := 0.6215; size == 1 && share != 1 || size > 1 && (share < want-0.01 || share > want+0.01) {
			t.Errorf("%d×%d: %.4f of the picture is cube, want %.4f", size, size, share, want)
		}
	}
	if _, err := render.NewOffscreen(d, 8193, 1, 0); err == nil {
		t.Error("8193 pixels were promised to fit")
	}
}

// A device with no more than the limits of small GPUs (WebGPU's compatibility mode, wgpu's downlevel defaults), few
// bytes in a binding, and no feature draws what any other draws.
func TestMinimumLimits(t *testing.T) {
	full := openDevice(t)
	small := smallDevice(t, full)

	const slots = 3000 // 240,000 bytes: four bindings
	for _, look := range []render.Look{render.Plain, render.Studio} {
		for _, strategy := range []upload.Strategy{upload.Ranges, upload.Scatter} {
			var pictures []*image.NRGBA
			for _, d := range []*render.Device{full, small} {
				a, err := arena.New(arena.Config[render.Instance]{MaxSlots: slots})
				check(t, err)
				for i := range slots {
					m := mgl32.Translate3D(float32(i%60)*0.2-6, float32(i/60)*0.2-5, 0).Mul4(mgl32.Scale3D(0.1, 0.1, 0.1))
					_, err := a.Alloc(render.Instance{Model: m, Color: render.RGB(uint32(i) * 5000)})
					check(t, err)
				}
				s := newStage(t, d, 320, 180, render.Config{Look: look, MSAA: 4, Timestamps: true})
				b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{Upload: upload.Config{Strategy: strategy}})
				c := front
				c.Distance = 15
				pictures = append(pictures, s.shot(t, c, b))
				if n := len(b.Uploader().Pages()); d == small && n < 4 {
					t.Errorf("%d pages: more is bound than the device allows", n)
				}
			}
			if n := off(pictures[0], pictures[1]); n != 0 {
				t.Errorf("%v, %v: %d differences", look, strategy, n)
			}
		}
	}
}

// smallDevice is one of full's adapter with no more than the limits of small GPUs.
func smallDevice(t *testing.T, full *render.Device) *render.Device {
	t.Helper()
	limits := wgpu.DefaultLimits()
	limits.MaxTextureDimension1D, limits.MaxTextureDimension2D, limits.MaxTextureDimension3D = 2048, 2048, 256
	limits.MaxBindGroups = 4
	limits.MaxDynamicUniformBuffersPerPipelineLayout, limits.MaxDynamicStorageBuffersPerPipelineLayout = 8, 4
	limits.MaxStorageBuffersPerShaderStage, limits.MaxStorageTexturesPerShaderStage = 4, 4
	limits.MaxUniformBufferBindingSize, limits.MaxStorageBufferBindingSize = 16<<10, 64<<10
	limits.MaxComputeInvocationsPerWorkgroup, limits.MaxComputeWorkgroupSizeX, limits.MaxComputeWorkgroupSizeY = 128, 128, 128
	limits.MaxComputeWorkgroupStorageSize = 16352
	gpu, err := full.Adapter.RequestDevice(&wgpu.DeviceDescriptor{RequiredLimits: &wgpu.RequiredLimits{Limits: limits}})
	check(t, err)
	t.Cleanup(gpu.Release) // after what is made from it
	small := &render.Device{Instance: full.Instance, Adapter: full.Adapter, GPU: gpu, Queue: gpu.GetQueue(), Info: full.Info}
	t.Cleanup(small.Queue.Release)
	return small
}

// A slot of 16 bytes that makes a Motion of itself is culled within the limits, too: a page of matrices would be four
// times as large as one of such slots.
func TestSmallRecordsThatMove(t *testing.T) {
	full := openDevice(t)
	const slots = 9000 // three pages
	var pictures []*image.NRGBA
	for _, d := range []*render.Device{full, smallDevice(t, full)} {
		for _, plain := range []bool{true, false} {
			a, err := arena.New(arena.Config[mgl32.Vec4]{MaxSlots: slots})
			check(t, err)
			for i := range slots {
				_, err := a.Alloc(mgl32.Vec4{float32(i%60)*0.2 - 6, float32(i/60)*0.1 - 7, 0, 0.08})
				check(t, err)
			}
			s := newStage(t, d, 320, 180, render.Config{})
			b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{NoCull: plain, Record: `struct Record { at: vec4f }
fn model(r: Record) -> mat4x4f {
    let turn = vec4f(0.0, 0.0, 0.0, 1.0);
    return moved(Motion(r.at.xyz, 0u, turn, r.at.xyz, r.at.w, turn));
}
fn tint(r: Record, index: u32) -> vec4f { return batch.palette[index % batch.colors]; }`})
			c := front
			c.Distance = 15
			pictures = append(pictures, s.shot(t, c, b))
		}
	}
	for i, p := range pictures {
		if n := off(pictures[0], p); n != 0 {
			t.Errorf("picture %d: %d differences", i, n)
		}
	}
}

// A machine without any driver gets one sentence that names what to install. EGL without a driver behind it is no
// reason to end, and no adapter.
func TestNoAdapter(t *testing.T) {
	const child = "SLOTSTREAM_TEST_NO_ADAPTER"
	if os.Getenv(child) != "" {
		infos, listed := render.Adapters()
		d, opened := render.Open(render.DeviceConfig{})
		if opened == nil {
			d.Release()
		}
		fmt.Println("listed:", infos, errors.Is(listed, render.ErrNoAdapter), listed)
		fmt.Println("opened:", errors.Is(opened, render.ErrNoAdapter), opened)
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("only the Vulkan loader and libglvnd can be told to find no driver")
	}
	have := openDevice(t).Info
	noLibrary := t.TempDir() // one that does not load is none
	for _, name := range []string{"libEGL.so.1", "libEGL.so"} {
		check(t, os.WriteFile(filepath.Join(noLibrary, name), nil, 0o644))
	}
	const (
		noVulkan = "VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent "
		noEGL    = "__EGL_VENDOR_LIBRARY_FILENAMES=/nonexistent "
		sentence = "true render: no graphics adapter: install a graphics driver, or software Vulkan (mesa-vulkan-drivers on "
	)
	for _, c := range []struct{ env, listed, opened string }{
		{noVulkan + "LD_LIBRARY_PATH=" + noLibrary, "[] " + sentence, sentence},
		{noVulkan + noEGL, "[] " + sentence, sentence},
		{noEGL, "[" + have.Name, "false <nil>"},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNoAdapter$", "-test.v")
		cmd.Env = append(append(os.Environ(), child+"=1", "CI=true"), strings.Fields(c.env)...)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "\nlisted: "+c.listed) || !strings.Contains(string(out), "\nopened: "+c.opened) {
			t.Errorf("%s: %v, want %q and %q in:\n%s", c.env, err, c.listed, c.opened, out)
		}
	}
}
