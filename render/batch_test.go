package render_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
	"github.com/slotstream/slotstream/shaders"
	"github.com/slotstream/slotstream/upload"
)

// TestShaderErrors: what is wrong with a user's shader is an error that shows
// the user's own line, and the device goes on working.
func TestShaderErrors(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	a := newArena(t, mgl32.Ident4())
	cube := cubeMesh(t, d)
	for name, c := range map[string]struct {
		o    render.BatchConfig
		want []string
	}{
		"syntax in shade": {render.BatchConfig{Shade: "\nfn shade(p: Point) -> vec4f { return lit(p) +; }"}, []string{"wgsl:2:", "lit(p) +;", "^"}},
		"type in record": {render.BatchConfig{Record: "alias Record = mat4x4f;\nfn model(r: Record) -> mat4x4f { return 1.0; }\n" +
			"fn tint(r: Record, i: u32) -> vec4f { return vec4f(1.0); }"}, []string{":2:", "return 1.0", "^"}},
		"no shade":         {render.BatchConfig{Shade: "fn other() {}"}, []string{"shade"}},
		"module, no entry": {render.BatchConfig{Module: "fn nothing() {}"}, []string{"vs_main"}},
		"module, wrong type": {render.BatchConfig{Module: "@vertex fn vs_main() -> @builtin(position) vec4f { return vec4f(0.0); }\n" +
			"@fragment fn fs_main() -> @location(0) vec4u { return vec4u(0u); }"}, []string{"pipeline"}},
		"module and shade": {render.BatchConfig{Module: "x", Shade: "y"}, []string{"set Module alone"}},
		"nine colours":     {render.BatchConfig{Colors: make([]render.Color, 9)}, []string{"8 at most"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := render.NewBatch(s.renderer, a, cube, c.o)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("the error does not show %q: %v", w, err)
				}
			}
		})
	}
	b := newBatch(t, s, a, cube, render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{}, 3)
	_, err := s.renderer.Frame(s.target, &camera, b)
	check(t, err)
}

// A user's name that is one of ours, in whichever shader, is refused when the batch is made: what is accepted can be
// culled and picked.
func TestNamesOfOurs(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	cube := cubeMesh(t, d)
	ours := strings.Join([]string{shaders.Cull, shaders.CullKeepNone, shaders.CullKeepModel, shaders.PlaceSeen, shaders.PlacedKept,
		shaders.Pick, shaders.Corner, shaders.VertexCube, shaders.Fragment}, "\n")
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	_, err = a.AllocSpan(crowd(4096), mgl32.Ident4())
	check(t, err)
	refused := 0
	for name := range declared(ours) {
		for record, model := range map[string]string{
			"struct Record { m: mat4x4f }": "r.m",
			"struct Record { m: Motion }":  "moved(r.m)",
		} {
			b, err := render.NewBatch(s.renderer, a, cube, render.BatchConfig{
				Record: record + "\nfn model(r: Record) -> mat4x4f { return " + model + "; }\n" +
					"fn tint(r: Record, i: u32) -> vec4f { return vec4f(1.0); }\nfn " + name + "(x: f32) -> f32 { return x; }\n",
			})
			if err != nil {
				if refused++; !strings.Contains(strings.ReplaceAll(err.Error(), "'", "`"), "`"+name+"`") || !strings.Contains(err.Error(), "wgsl:4:") {
					t.Errorf("%s is refused in words that do not show it: %v", name, err)
				}
				continue
			}
			if _, err := s.renderer.Frame(s.target, &front, b); err != nil {
				t.Errorf("%s is refused by culling: %v", name, err)
			}
			if _, _, err := s.renderer.Pick(&front, 64, 64, 32, 32, b); err != nil {
				t.Errorf("%s is refused by Pick: %v", name, err)
			}
			b.Release()
		}
	}
	if refused < 20 {
		t.Errorf("%d refused: nothing was tested", refused)
	}
}

// declared are the names that WGSL declares.
func declared(wgsl string) map[string]bool {
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(?:@.* )?(?:fn|struct|const|var(?:<.*>)?) (\w+)`).FindAllStringSubmatch(wgsl, -1) {
		names[m[1]] = true
	}
	return names
}

// TestUnknownRecord: a type that the built-in shaders do not know needs WGSL.
func TestUnknownRecord(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	a, err := arena.New(arena.Config[particle]{})
	check(t, err)
	if _, err := render.NewBatch(s.renderer, a, cubeMesh(t, d), render.BatchConfig{}); err == nil || !strings.Contains(err.Error(), "render_test.particle") {
		t.Errorf("an arena of particles without a Record: error %v", err)
	}
}

// TestGrowth: slots that come later, over more pages, are drawn.
func TestGrowth(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 64, render.Config{})
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(t, err)
	b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{Upload: upload.Config{PageSlots: 20_000}})
	camera := render.NewCamera(mgl32.Vec3{}, 3)
	empty, err := s.renderer.Frame(s.target, &camera, b)
	check(t, err)
	if empty.HighWater != 0 {
		t.Errorf("%d instances of an empty arena", empty.HighWater)
	}
	blank, err := s.target.Image()
	check(t, err)
	for range 50_000 { // three pages; all but the last are far away
		_, err := a.Alloc(mgl32.Translate3D(0, 1e6, 0))
		check(t, err)
	}
	_, err = a.Alloc(mgl32.Ident4())
	check(t, err)
	grown, err := s.renderer.Frame(s.target, &camera, b)
	check(t, err)
	if pages := len(b.Uploader().Pages()); pages < 3 || grown.HighWater != 50_001 {
		t.Errorf("%d instances in %d pages", grown.HighWater, pages)
	}
	full, err := s.target.Image()
	check(t, err)
	if _, off := rendertest.Difference(blank, full, 8); off < 500 {
		t.Errorf("the cube in the last page covers %d pixels", off)
	}
}

// What a Record and a Shade declare serves both of them, in every shader that holds the Record: drawn, culled and
// picked.
func TestRecordAndShadeShareTheirText(t *testing.T) {
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 8, 4)
	check(t, err)
	t.Cleanup(sphere.Release)
	o := render.BatchConfig{
		Record: `struct Record { place: vec3f, size: f32 }
const glow = 0.5;
fn model(r: Record) -> mat4x4f { return sized(r.place, r.size); }
fn tint(r: Record, index: u32) -> vec4f { return warm(f32(index % 2u)); }`,
		Shade: `fn sized(place: vec3f, s: f32) -> mat4x4f {
    return mat4x4f(vec4f(s, 0.0, 0.0, 0.0), vec4f(0.0, s, 0.0, 0.0), vec4f(0.0, 0.0, s, 0.0), vec4f(place, 1.0));
}
fn warm(k: f32) -> vec4f { return vec4f(1.0, k, 0.2, 1.0); }
fn shade(p: Point) -> vec4f { return vec4f(lit(p) + glow * fwidth(p.local), 1.0); }`,
	}
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 64, 64, render.Config{Look: look})
		for _, mesh := range []*render.Mesh{cubeMesh(t, d), sphere} {
			for _, n := range []int{3, crowd(5000)} {
				slots := make([]particle, n)
				slots[1] = particle{Size: 1}
				b, release := at(t, s, slots, mesh, o)(mgl64.Vec3{})
				camera := render.NewCamera(mgl32.Vec3{}, 3)
				if drawnOn(s.shot(t, camera, b)) == 0 {
					t.Errorf("%v, %d slots: nothing is drawn", look, n)
				}
				hit, ok, err := s.renderer.Pick(&camera, 64, 64, 32, 32, b)
				check(t, err)
				if !ok || hit.Slot != 1 {
					t.Errorf("%v, %d slots: picked %v %v", look, n, hit, ok)
				}
				release()
			}
		}
	}
}
