package overlay

import (
	"image"
	"image/color"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
)

var (
	openDevice = rendertest.OpenDevice
	ownDevice  = rendertest.OwnDevice
	check      = rendertest.Check
)

// draw lays an overlay over a scene of cubes, in colours of its own: the renderer's may change.
func draw(t *testing.T, d *render.Device, width, height int, format wgpu.TextureFormat, scale float32, build func(*Overlay)) *image.NRGBA {
	t.Helper()
	target, err := render.NewOffscreen(d, width, height, format)
	check(t, err)
	defer target.Release()
	r, err := render.New(d, render.Config{Format: format, MSAA: 4, Background: new(render.RGB(0x1d2330))})
	check(t, err)
	defer r.Release()
	cube, err := render.NewCube(d)
	check(t, err)
	defer cube.Release()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	for x := range 14 {
		for z := range 14 {
			_, err := a.Alloc(mgl32.Translate3D(float32(x)*1.3-9, float32(x*z%5)*0.3, float32(z)*1.3-9))
			check(t, err)
		}
	}
	batch, err := render.NewBatch(r, a, cube, render.BatchConfig{
		Colors: []render.Color{render.RGB(0xf2efe6), render.RGB(0xf4b942), render.RGB(0xe8643c), render.RGB(0x2f9c95), render.RGB(0x33658a)},
		Shade:  "fn shade(p: Point) -> vec4f { return vec4f(p.color.rgb * (0.75 + 0.25 * dot(p.normal, vec3f(-0.3, 1.0, 0.1))), 1.0); }",
	})
	check(t, err)
	defer batch.Release()
	o, err := New(d, format, scale)
	check(t, err)
	defer o.Release()
	build(o)
	camera := render.NewCamera(mgl32.Vec3{}, 22)
	_, err = r.Frame(o.Over(target), &camera, batch)
	check(t, err)
	img, err := target.Image()
	check(t, err)
	return img
}

// demo is what the program shows.
func demo(o *Overlay) {
	var times Times
	for i := range 150 {
		ms := 15.5 + 1.5*math.Sin(float64(i)/3) + float64(i%7)/5
		if i%41 == 7 {
			ms = 29
		}
		if i == 95 {
			ms = 41
		}
		times.Add(time.Duration(ms * float64(time.Millisecond)))
	}
	o.Clear()
	o.HUD(20, 20, &times, []Row{
		{"cubes", "3,000"}, {"awake", "1,204"}, {"updated", "1,204 slots"}, {"uploaded", "75.3 KiB in 12 calls"},
		{"strategy", "merged"}, {"torn reads", "0"},
	})
	o.Keys(20, 290, []Row{
		{"space", "pause"}, {"R", "restart"}, {"E", "explode a heap"}, {"+ -", "a thousand cubes more or less"},
		{"C", "what the colours mean"}, {"F11", "full screen"}, {"S", "screenshot"}, {"H", "hide this"},
	})
}

func TestGolden(t *testing.T) {
	d := openDevice(t)
	for _, c := range []struct {
		name   string
		w, h   int
		scale  float32
		format wgpu.TextureFormat
	}{
		{"demo", 960, 600, 1, wgpu.TextureFormatRGBA8UnormSrgb},
		{"demo2x", 1280, 1080, 2, wgpu.TextureFormatBGRA8UnormSrgb},
	} {
		t.Run(c.name, func(t *testing.T) {
			rendertest.Golden(t, filepath.Join("testdata", c.name+".png"), draw(t, d, c.w, c.h, c.format, c.scale, demo),
				rendertest.Tolerance{Steps: 12, Share: 2000, Edges: runtime.GOOS == "js"}) // Chromium draws by SwiftShader
		})
	}
}

func far(a, b uint8, tolerance int) bool {
	return int(a)-int(b) > tolerance || int(b)-int(a) > tolerance
}

// A target that does not encode sRGB shows the same colours.
func TestLinearTarget(t *testing.T) {
	d := openDevice(t)
	build := func(o *Overlay) { o.Box(0, 0, 64, 64, 0, render.RGB(0x4080c0)) }
	for _, format := range []wgpu.TextureFormat{wgpu.TextureFormatRGBA8UnormSrgb, wgpu.TextureFormatRGBA8Unorm, wgpu.TextureFormatBGRA8Unorm} {
		got := draw(t, d, 64, 64, format, 1, build).NRGBAAt(32, 32)
		if far(got.R, 0x40, 1) || far(got.G, 0x80, 1) || far(got.B, 0xc0, 1) {
			t.Errorf("format %v: %v", format, got)
		}
	}
}

// An empty overlay changes nothing, a growing one draws all of its quads.
func TestGrow(t *testing.T) {
	d := openDevice(t)
	target, err := render.NewOffscreen(d, 64, 64, 0)
	check(t, err)
	defer target.Release()
	r, err := render.New(d, render.Config{})
	check(t, err)
	defer r.Release()
	o, err := New(d, target.Format(), 1)
	check(t, err)
	defer o.Release()
	camera := render.NewCamera(mgl32.Vec3{}, 1)
	for _, n := range []int{0, 1, 3, 64 * 64} {
		o.Clear()
		for i := range n {
			o.Box(float32(i%64), float32(i/64), 1, 1, 0, render.Color{1, 0, 0, 1})
		}
		_, err := r.Frame(o.Over(target), &camera)
		check(t, err)
		img, err := target.Image()
		check(t, err)
		red := 0
		for y := range 64 {
			for x := range 64 {
				if img.NRGBAAt(x, y) == (color.NRGBA{255, 0, 0, 255}) {
					red++
				}
			}
		}
		if red != n {
			t.Errorf("%d quads of a pixel: %d pixels", n, red)
		}
	}
	// More than a buffer holds is one line of an error, and the next frame is drawn.
	o.quads = make([]quad, d.GPU.GetLimits().Limits.MaxBufferSize/uint64(unsafe.Sizeof(quad{}))+1)
	if _, err := r.Frame(o.Over(target), &camera); err == nil || !strings.Contains(err.Error(), "draw less text") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%d quads: %v", len(o.quads), err)
	}
	o.Clear()
	o.Box(0, 0, 64, 64, 0, render.Color{1, 0, 0, 1})
	_, err = r.Frame(o.Over(target), &camera)
	check(t, err)
}

func TestTimes(t *testing.T) {
	var times Times
	if mean, p99 := times.summary(); mean != 0 || p99 != 0 {
		t.Errorf("of no frames: %v, %v", mean, p99)
	}
	for range 200 {
		times.Add(10 * time.Millisecond)
	}
	times.Add(100 * time.Millisecond)
	if len(times.last) != timesKept {
		t.Errorf("%d times kept", len(times.last))
	}
	// Half a second is the long frame and forty short ones.
	if mean, p99 := times.summary(); mean != 500*time.Millisecond/41 || p99 != 10*time.Millisecond {
		t.Errorf("mean %v, p99 %v", mean, p99)
	}
	times.Add(100 * time.Millisecond)
	if _, p99 := times.summary(); p99 != 82900*time.Microsecond { // rank 0.99 × 119 = 117.81, between the last short one and the first long one
		t.Errorf("p99 with two long frames of %d: %v", timesKept, p99)
	}
}

// What the program's overlay adds to a frame, build included, against the same frame without.
func BenchmarkFrame(b *testing.B) {
	d := openDevice(b)
	target, err := render.NewOffscreen(d, 1280, 720, 0)
	check(b, err)
	defer target.Release()
	r, err := render.New(d, render.Config{})
	check(b, err)
	defer r.Release()
	o, err := New(d, target.Format(), 1)
	check(b, err)
	defer o.Release()
	camera := render.NewCamera(mgl32.Vec3{}, 1)
	for _, c := range []struct {
		name   string
		target render.Target
	}{{"without", target}, {"with", o.Over(target)}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c.target != render.Target(target) {
					demo(o)
				}
				_, err := r.Frame(c.target, &camera)
				check(b, err)
				d.Wait()
			}
		})
	}
}
