package render_test

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// alley is rows of houses to the left and to the right of an eye that looks along -z.
func alley(n int) []mgl32.Mat4 {
	random := rand.New(rand.NewPCG(3, 5))
	var houses []mgl32.Mat4
	for i := range n {
		x, z, high := float32(i%2*2-1)*(2+random.Float32()), -2-0.75*float32(i/2), 0.5+2*random.Float32()
		houses = append(houses, mgl32.Translate3D(x, high/2, z).Mul4(mgl32.HomogRotate3DY(random.Float32())).Mul4(mgl32.Scale3D(1, high, 1)))
	}
	return houses
}

// aheadBy is a camera with the eye at 0 2 0 and a Target that is distance before it.
func aheadBy(distance float32) render.Camera {
	return render.Camera{Target: mgl32.Vec3{0, 2, -distance}, Distance: distance, Near: 0.1}
}

// Cameras with the same eye and lens draw the same picture, no matter how far away their Target is.
func TestTargetMovesNoShadow(t *testing.T) {
	const tick = 100 * time.Millisecond
	d := openDevice(t)
	sphere := sphereMesh(t, d, 16, 8)
	houses := alley(80)
	motions := make([]render.Motion, len(houses))
	for i, m := range houses {
		motions[i] = render.Motion{From: m.Col(3).Vec3(), To: m.Col(3).Vec3().Add(mgl32.Vec3{0, 1, 0}), FromTurn: mgl32.QuatIdent(),
			ToTurn: mgl32.QuatIdent(), Start: render.MotionClock(time.Second), Scale: 1}
	}
	for name, scene := range map[string]scene{
		"cubes": func(t *testing.T, s stage) []render.Drawable {
			return []render.Drawable{newBatch(t, s, newArena(t, houses...), cubeMesh(t, d), render.BatchConfig{})}
		},
		"culled": func(t *testing.T, s stage) []render.Drawable {
			return []render.Drawable{newBatch(t, s, stored(t, alley(crowd(6000))), cubeMesh(t, d), render.BatchConfig{})}
		},
		"motions": func(t *testing.T, s stage) []render.Drawable {
			return []render.Drawable{newBatch(t, s, newArena(t, motions...), sphere, render.BatchConfig{Tick: tick})}
		},
		"set": func(t *testing.T, s stage) []render.Drawable {
			b := newBatch(t, s, newArena(t, houses...), newSet(t, d, cubeMesh(t, d), sphere), render.BatchConfig{})
			b.SetShape(20, 20, 1)
			return []render.Drawable{b}
		},
		"lines and points": func(t *testing.T, s stage) []render.Drawable {
			var lines []render.Line
			var points []render.Point
			for _, m := range houses {
				p := m.Col(3).Vec3()
				lines = append(lines, render.Line{A: mgl32.Vec3{p[0], 0, p[2]}, B: p, Width: 0.1, Pixels: 2})
				points = append(points, render.Point{Center: p, Radius: 0.3})
			}
			return []render.Drawable{newBatch(t, s, newArena(t, lines...), nil, render.BatchConfig{}),
				newBatch(t, s, newArena(t, points...), nil, render.BatchConfig{})}
		},
		"nothing": func(t *testing.T, s stage) []render.Drawable { return nil },
	} {
		if inPage && name != "cubes" && name != "culled" {
			continue // SwiftShader draws Studio slowly: ten pictures each
		}
		t.Run(name, func(t *testing.T) {
			s := newStage(t, d, 240, 135, render.Config{Look: render.Studio, MSAA: 4})
			s.renderer.Now = time.Second + tick/3
			batches := scene(t, s)
			want := s.shot(t, aheadBy(10), batches...)
			if n := drawnOn(want); n < 3000 {
				t.Fatalf("%d pixels are drawn on", n)
			}
			for _, distance := range []float32{1, 3, 1000} {
				if bytes, most := apart(s.shot(t, aheadBy(distance), batches...), want); bytes > 0 {
					t.Errorf("with a Distance of %v instead of 10: %d bytes differ by up to %d", distance, bytes, most)
				}
				// The old rule must fail: the ball follows Distance.
				s.renderer.Blind(func() {
					c := aheadBy(distance)
					c.Near = 0
					if alike(s.shot(t, c, batches...), want) {
						t.Errorf("this comparison does not see that shadows follow a Distance of %v", distance)
					}
				})
			}
			// From above, where Target is rounded.
			above := func(distance float32) *image.NRGBA {
				c := render.Camera{Distance: distance, Yaw: 0.3, Pitch: 0.5, Near: 0.1}
				_, towards := c.Ray(0, 0, 1)
				c.Target = mgl32.Vec3{3, 6, -3}.Add(towards.Mul(distance))
				return s.shot(t, c, batches...)
			}
			if a, b := above(1), above(50); !alike(a, b) {
				bytes, most := apart(a, b)
				t.Errorf("from above: %d bytes differ by up to %d", bytes, most)
			}
		})
	}
}

// The ball has its middle where the slots in view are.
func TestFitFindsWhatIsSeen(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 160, 90, render.Config{Look: render.Studio, GroundY: -1})
	cube := func(x, y, z, size float32) mgl32.Mat4 {
		return mgl32.Translate3D(x, y, z).Mul4(mgl32.Scale3D(size, size, size))
	}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	house := cube(0, 0, -10, 1)
	for _, c := range []struct {
		name   string
		slots  []mgl32.Mat4
		camera render.Camera
		want   float64
	}{
		{"a cube", []mgl32.Mat4{house}, render.Camera{}, 10},
		{"a cube of 1 µm", []mgl32.Mat4{cube(0, 0, -1e-5, 1e-6)}, render.Camera{Near: 1e-8}, 1e-5},
		{"a cube of 100,000 km", []mgl32.Mat4{cube(0, 0, -1e9, 1e8)}, render.Camera{}, 1e9},
		{"by a long lens", []mgl32.Mat4{cube(0, 0, -1e4, 1)}, render.Camera{FovY: 1e-3}, 1e4},
		{"two cubes that are as large in the picture", []mgl32.Mat4{cube(-1, 0, -4, 0.4), cube(4, 0, -16, 1.6)}, render.Camera{}, 8.1},
		{"a mote far away", []mgl32.Mat4{house, cube(0, 1e5, -1e6, 1)}, render.Camera{}, 10},
		{"a mote at the end of floats", []mgl32.Mat4{house, cube(0, 0, -1e38, 1)}, render.Camera{}, 10},
		{"behind the eye", []mgl32.Mat4{house, cube(0, 0, 3, 1), cube(40, 0, -3, 1)}, render.Camera{}, 10},
		{"hidden", []mgl32.Mat4{house, {}, cube(0, 0, -1, 0)}, render.Camera{}, 10},
		{"not a number", []mgl32.Mat4{house, cube(nan, 0, -2, 1), cube(0, 0, -2, nan)}, render.Camera{}, 10},
		{"infinite", []mgl32.Mat4{house, cube(0, 0, -inf, 1), cube(inf, 0, -2, 1), cube(0, 0, -2, inf)}, render.Camera{}, 10},
		{"around the eye", []mgl32.Mat4{cube(0, 0, -10, 30)}, render.Camera{Near: 0.2}, 20},
		{"around the eye, with another", []mgl32.Mat4{house, cube(0, 0, -40, 100)}, render.Camera{}, 10},
		{"large and near", []mgl32.Mat4{cube(0, 0, -12, 20)}, render.Camera{}, 12},
		{"nothing", nil, render.Camera{Near: 0.3}, 30},
		{"nothing, by the near plane that follows Distance", nil, render.Camera{Distance: 7}, 7},
		{"nothing, from high above", nil, render.Camera{Near: 0.01, Target: mgl32.Vec3{0, 99, -10}}, 100},
		{"all hidden", make([]mgl32.Mat4, 70), render.Camera{Near: 0.3}, 30},
		{"far from the world's origin", []mgl32.Mat4{cube(1e6, 0, -10, 1)}, render.Camera{Target: mgl32.Vec3{1e6, 0, -10}}, 10},
	} {
		if c.camera.Distance == 0 {
			c.camera.Distance = 10
		}
		if c.camera.Target == (mgl32.Vec3{}) { // the eye is at 0 0 0
			c.camera.Target = mgl32.Vec3{0, 0, -c.camera.Distance}
		}
		s.shot(t, c.camera, newBatch(t, s, newArena(t, c.slots...), cubeMesh(t, d), render.BatchConfig{}))
		ball, _, _, err := s.renderer.Fitted()
		check(t, err)
		middle := ball.Vec3()
		if off := math.Abs(math.Log2(float64(middle.Len()) / c.want)); !(off <= 0.19) { // half a step, and a sixteenth
			t.Errorf("%s: the ball is %v away, want %v", c.name, middle.Len(), c.want)
		}
		if r := ball[3] / middle.Len(); !(math.Abs(float64(r)-1.2) < 1e-5) || middle[2] >= 0 {
			t.Errorf("%s: the ball is %v", c.name, ball)
		}
	}
}

// The mean over many slots is that of a sum in float64, for meshes with boxes anywhere, and for a set.
func TestFitIsTheMean(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 160, 90, render.Config{Look: render.Studio})
	away := cornersAt(t, d, mgl32.Vec3{2, -1, 3}, mgl32.Vec3{0.5, 0.25, 1})
	random := rand.New(rand.NewPCG(7, 1))
	for _, in := range []float64{2, 30, 1000} { // the slots are up to so far away
		var slots []mgl32.Mat4
		for range 900 {
			far := float32(math.Pow(in, random.Float64()))
			slots = append(slots, mgl32.Translate3D(far*(random.Float32()-0.5), far*(random.Float32()-0.5)*0.5, -4-far).
				Mul4(mgl32.Scale3D(0.1, 0.1+random.Float32(), 0.1)))
		}
		camera := render.Camera{Target: mgl32.Vec3{0, 0, -1}, Distance: 1, FovY: 0.8, Near: 0.1}
		focal := 1 / math.Tan(0.4)
		mean := func(box func(i int) (center, half mgl32.Vec3)) float64 {
			var weight, sum float64
			for i, m := range slots {
				center, half := box(i)
				p := m.Mul4x1(center.Vec4(1)).Vec3()
				if z := float64(-p[2]); math.Abs(float64(p[0])) > z/focal*16/9 || math.Abs(float64(p[1])) > z/focal {
					continue // some of these are in view by a corner: too few to count
				}
				away := float64(p.Len())
				area := 0.0
				for k := range 3 {
					a := float64(m.Col(k).Vec3().Len()*half[k]) * focal / away
					area += a * a
				}
				weight += min(area, 1)
				sum += min(area, 1) * math.Log2(away)
			}
			return math.Exp2(sum / weight)
		}
		expect := func(name string, want float64, batches ...render.Drawable) {
			t.Helper()
			s.shot(t, camera, batches...)
			ball, _, _, err := s.renderer.Fitted()
			check(t, err)
			if off := math.Abs(math.Log2(float64(ball[3]) / 1.2 / want)); !(off <= 0.25) {
				t.Errorf("%s, up to %v m: the ball is %v away, want %v", name, in, ball[3]/1.2, want)
			}
		}
		one := func(int) (center, half mgl32.Vec3) { return mgl32.Vec3{}, mgl32.Vec3{0.5, 0.5, 0.5} }
		other := func(int) (center, half mgl32.Vec3) { return mgl32.Vec3{2, -1, 3}, mgl32.Vec3{0.5, 0.25, 1} }
		expect("cubes", mean(one), newBatch(t, s, newArena(t, slots...), cubeMesh(t, d), render.BatchConfig{}))
		expect("a box beside its origin", mean(other), newBatch(t, s, newArena(t, slots...), away, render.BatchConfig{}))
		set := newBatch(t, s, newArena(t, slots...), newSet(t, d, cubeMesh(t, d), away), render.BatchConfig{})
		for i := range slots {
			set.SetShape(i, 1, uint8(i%3)) // the set lacks the third
		}
		set.SetShape(0, 300, 2)
		slots = slices.Clone(slots)
		for i := range slots {
			if i < 300 || i%3 == 2 {
				slots[i] = mgl32.Translate3D(0, 0, 100) // behind the eye
			}
		}
		expect("a set", mean(func(i int) (center, half mgl32.Vec3) {
			if i%3 == 1 {
				return other(i)
			}
			return one(i)
		}), set)
	}
}

// cornersAt is a mesh with these middle and half sides of its box.
func cornersAt(t *testing.T, d *render.Device, center, half mgl32.Vec3) *render.Mesh {
	t.Helper()
	var v []render.Vertex
	for _, x := range pyramidVertices() {
		p := x.Position.Mul(2)
		x.Position = mgl32.Vec3{center[0] + p[0]*half[0], center[1] + p[1]*half[1], center[2] + p[2]*half[2]}
		v = append(v, x)
	}
	m, err := render.NewMesh(d, v, []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 13, 12, 15, 14})
	check(t, err)
	t.Cleanup(m.Release)
	return m
}

// How slots are divided among pages, batches and lists changes no shadow, and no frame leaves anything for the next.
func TestFitDependsOnTheSlotsAlone(t *testing.T) {
	d := openDevice(t)
	houses := alley(crowd(5000))
	instances := make([]render.Instance, len(houses))
	for i, m := range houses {
		instances[i] = render.Instance{Model: m, Color: render.Color{0.7, 0.7, 0.7, 1}}
	}
	s := newStage(t, d, 240, 135, render.Config{Look: render.Studio})
	batch := func(slots []render.Instance, cfg render.BatchConfig) render.Drawable {
		return newBatch(t, s, stored(t, slots), cubeMesh(t, d), cfg)
	}
	all := batch(instances, render.BatchConfig{})
	want := s.shot(t, aheadBy(10), all)
	var parts []render.Drawable
	for part := range slices.Chunk(instances, crowd(900)) {
		parts = append(parts, batch(part, render.BatchConfig{}))
	}
	for name, batches := range map[string][]render.Drawable{
		"again":       {all},
		"in pages":    {batch(instances, render.BatchConfig{Upload: upload.Config{PageSlots: 100}})},
		"not culled":  {batch(instances, render.BatchConfig{NoCull: true})},
		"six batches": parts,
	} {
		for range 2 {
			if bytes, most := apart(s.shot(t, aheadBy(10), batches...), want); bytes > 0 {
				t.Errorf("%s: %d bytes differ by up to %d", name, bytes, most)
			}
			s.shot(t, render.Camera{Target: mgl32.Vec3{0, 30, 0}, Pitch: 1.5}, batches...) // another scene before the next
		}
	}
}

// A place in the world stays at the same part of a texel while the camera moves and turns: shadows do not shimmer.
func TestShadowsDoNotShimmer(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 64, 36, render.Config{Look: render.Studio})
	house := newBatch(t, s, newArena(t, mgl32.Ident4()), cubeMesh(t, d), render.BatchConfig{})
	random := rand.New(rand.NewPCG(2, 9))
	parts := map[float32][2]mgl64.Vec2{} // of a texel, by the radius of the ball
	worst, moves := 0.0, 0.0
	for range 100 {
		c := render.NewCamera(mgl32.Vec3{random.Float32() - 0.5, random.Float32(), random.Float32()}, 9+random.Float32())
		c.Yaw += random.Float32()
		c.Origin = mgl64.Vec3{random.Float64(), 20 * random.Float64(), random.Float64()}
		c.Target = c.Target.Sub(narrow(c.Origin))
		s.shot(t, c, house)
		ball, maps, texels, err := s.renderer.Fitted()
		check(t, err)
		var now [2]mgl64.Vec2
		for i, m := range maps {
			p := mgl64.TransformCoordinate(mgl64.Vec3{}.Sub(c.Origin), wide4(m)).Vec2().Mul(float64(texels))
			now[i] = p
		}
		before, known := parts[ball[3]]
		if !known {
			parts[ball[3]] = now
			continue
		}
		for i := range now {
			for k := range 2 {
				moved := now[i][k] - before[i][k]
				worst = max(worst, math.Abs(moved-math.Round(moved)))
				moves = max(moves, math.Abs(moved))
			}
		}
	}
	if worst > 0.02 || moves < 10 {
		t.Errorf("a place moves by up to %v texels, and by up to %v parts of one", moves, worst)
	}
}

func wide4(m mgl32.Mat4) (w mgl64.Mat4) {
	for i, v := range m {
		w[i] = float64(v)
	}
	return w
}
