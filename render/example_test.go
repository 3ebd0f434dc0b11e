package render_test

import (
	"fmt"
	"log"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// A thousand goroutines each move a cube; a frame shows where they are.
func Example() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	var writers sync.WaitGroup
	for n := range 1000 {
		slot := must(cubes.Alloc(mgl32.Mat4{})) // the zero matrix draws nothing
		writers.Go(func() {
			m := mgl32.HomogRotate3DY(2.4 * float32(n)).Mul4(mgl32.Translate3D(float32(math.Sqrt(float64(n))), 0, 0))
			slot.Store(&m)
		})
	}
	writers.Wait()
	device := must(render.Open(render.DeviceConfig{}))
	target := must(render.NewOffscreen(device, 1280, 720, 0))
	r := must(render.New(device, render.Config{MSAA: 4}))
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchConfig{}))
	camera := render.NewCamera(mgl32.Vec3{}, 70)
	frame := must(r.Frame(target, &camera, batch)) // then target.WritePNG("out.png")
	fmt.Println(frame.HighWater, "cubes in", must(target.Image()).Rect)
}

// The example has no Output comment, because it could not skip where there is no adapter.
func TestExample(t *testing.T) {
	openDevice(t)
	Example()
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// Slots of a type of yours: WGSL says where each slot is, and which colour it has.
func ExampleBatchConfig_record() {
	type particle struct { // a multiple of 16 bytes, laid out as Record is
		Place mgl32.Vec3
		Heat  float32
	}
	particles := must(arena.New(arena.Config[particle]{}))
	must(particles.Alloc(particle{mgl32.Vec3{0, 1, 0}, 0.8}))

	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	r := must(render.New(device, render.Config{}))
	defer r.Release()
	sphere := must(render.NewSphere(device, 24, 12))
	defer sphere.Release()
	batch := must(render.NewBatch(r, particles, sphere, render.BatchConfig{Record: `
struct Record { place: vec3f, heat: f32 }
fn model(r: Record) -> mat4x4f {
    return mat4x4f(vec4f(0.1, 0.0, 0.0, 0.0), vec4f(0.0, 0.1, 0.0, 0.0), vec4f(0.0, 0.0, 0.1, 0.0), vec4f(r.place, 1.0));
}
fn tint(r: Record, index: u32) -> vec4f { return mix(vec4f(0.1, 0.2, 1.0, 1.0), vec4f(1.0, 0.2, 0.0, 1.0), r.heat); }
`}))
	defer batch.Release()
	particles.Descend()
	stats := must(batch.Upload())
	fmt.Println(stats.Bytes, "bytes uploaded")
	// Output: 16 bytes uploaded
}

// A surface of yours, in the light of the renderer's look. WGSL that does not
// compile is an error that shows the line.
func ExampleBatchConfig_shade() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	r := must(render.New(device, render.Config{}))
	defer r.Release()
	cube := must(render.NewCube(device))
	defer cube.Release()

	_, err := render.NewBatch(r, cubes, cube, render.BatchConfig{Shade: `fn shade(p: Point) -> vec4f { return lite(p); }`})
	fmt.Println(strings.Contains(err.Error(), "'lite'"))

	striped := must(render.NewBatch(r, cubes, cube, render.BatchConfig{Shade: `
fn shade(p: Point) -> vec4f {
    return vec4f(lit(p) * (0.7 + 0.3 * step(0.5, fract(p.local.y * 6.0))), 1.0);
}`}))
	defer striped.Release()
	// Output: true
}

// A render loop of yours: descend, upload, encode, record other passes, submit.
func ExampleRenderer_Encode() {
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	must(cubes.Alloc(mgl32.Ident4()))
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	target := must(render.NewOffscreen(device, 320, 180, 0))
	defer target.Release()
	r := must(render.New(device, render.Config{Format: target.Format()}))
	defer r.Release()
	cube := must(render.NewCube(device))
	defer cube.Release()
	batch := must(render.NewBatch(r, cubes, cube, render.BatchConfig{}))
	defer batch.Release()
	camera := render.NewCamera(mgl32.Vec3{}, 3)

	view := must(target.Acquire())
	cubes.Descend()
	must(batch.Upload())
	encoder := must(device.GPU.CreateCommandEncoder(nil))
	defer encoder.Release()
	width, height := target.Size()
	if err := r.Encode(encoder, view, width, height, &camera, batch); err != nil {
		log.Fatal(err)
	}
	commands := must(encoder.Finish(nil))
	device.Queue.Submit(commands)
	commands.Release()

	middle := must(target.Image()).NRGBAAt(160, 90)
	fmt.Println(middle != must(target.Image()).NRGBAAt(0, 0))
	// Output: true
}

func ExampleCamera() {
	camera := render.NewCamera(mgl32.Vec3{0, 1, 0}, 10)
	camera.Orbit(0.5, 0.1) // radians: to the right, up
	camera.Pan(0.25, 0)    // a quarter of the picture's height to the right
	camera.Zoom(0.5)       // twice as close
	fmt.Println(camera.Distance)
	// Output: 5
}

// A city on an island, and a camera above one of its streets: places in the world are
// float64, distances from them float32.
func ExampleCamera_origin() {
	island := mgl64.Vec3{4_200_000, 12, -1_300_000} // metres from the middle of the map
	houses := must(arena.New(arena.Config[mgl32.Mat4]{}))
	must(houses.Alloc(mgl32.Translate3D(140, 0, 20))) // from the island's own middle
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	target := must(render.NewOffscreen(device, 320, 180, 0))
	defer target.Release()
	r := must(render.New(device, render.Config{}))
	defer r.Release()
	cube := must(render.NewCube(device))
	defer cube.Release()
	batch := must(render.NewBatch(r, houses, cube, render.BatchConfig{Origin: island}))
	defer batch.Release()

	street := island.Add(mgl64.Vec3{140, 0, 20})
	must(r.Frame(target, &render.Camera{Origin: street, Distance: 3}, batch))
	picture := must(target.Image())
	fmt.Println(picture.NRGBAAt(160, 90) != picture.NRGBAAt(0, 0))
	// Output: true
}

func ExampleRGB() {
	fmt.Println(render.RGB(0xff0000))
	// Output: [1 0 0 1]
}

// Several consumers follow one arena: two batches, and a list of what a file lacks. Each
// is told of every Descend, by Frame or by hand.
func ExampleBatch_Upload() {
	transforms := must(arena.New(arena.Config[mgl32.Mat4]{}))
	slot := must(transforms.Alloc(mgl32.Ident4()))
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	target := must(render.NewOffscreen(device, 320, 180, 0))
	defer target.Release()
	r := must(render.New(device, render.Config{Format: target.Format()}))
	defer r.Release()
	cube, sphere := must(render.NewCube(device)), must(render.NewSphere(device, 24, 12))
	defer cube.Release()
	defer sphere.Release()
	cubes := must(render.NewBatch(r, transforms, cube, render.BatchConfig{}))
	defer cubes.Release()
	spheres := must(render.NewBatch(r, transforms, sphere, render.BatchConfig{}))
	defer spheres.Release()
	camera := render.NewCamera(mgl32.Vec3{}, 4)
	unwritten := transforms.Follow()
	defer unwritten.Stop()

	must(r.Frame(target, &camera, cubes, spheres))
	fmt.Println(unwritten.Ranges(), "to be written")
	unwritten.Clear()

	moved := mgl32.Translate3D(1, 0, 0)
	slot.Store(&moved)
	transforms.Descend()
	fmt.Println(must(cubes.Upload()).Bytes, "bytes of the cubes,", must(spheres.Upload()).Bytes, "of the spheres")
	fmt.Println(unwritten.Ranges(), "to be written")
	fmt.Println("your pipelines can bind", len(cubes.Uploader().Pages()), "page of the cubes")
	// Output:
	// [{0 1}] to be written
	// 64 bytes of the cubes, 64 of the spheres
	// [{0 1}] to be written
	// your pipelines can bind 1 page of the cubes
}

// Two worlds side by side, of one arena each: the right one comes from another process,
// whose clock began a minute earlier.
// The publisher of a world was restarted with longer ticks.
func ExampleBatch_SetTick() {
	world := must(arena.New(arena.Config[render.Motion]{}))
	turn := mgl32.QuatIdent()
	must(world.Alloc(render.Motion{FromTurn: turn, To: mgl32.Vec3{0, 1, 0}, ToTurn: turn, Scale: 1}))

	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	target := must(render.NewOffscreen(device, 320, 180, 0))
	defer target.Release()
	r := must(render.New(device, render.Config{Format: target.Format()}))
	defer r.Release()
	cube := must(render.NewCube(device))
	defer cube.Release()
	batch := must(render.NewBatch(r, world, cube, render.BatchConfig{Tick: 100 * time.Millisecond}))
	defer batch.Release()
	batch.SetTick(time.Second)

	r.Now = 500 * time.Millisecond // half a metre up
	camera := render.NewCamera(mgl32.Vec3{}, 5)
	must(r.Frame(target, &camera, batch))
}

func ExampleBatch_SetClock() {
	ours, theirs := must(arena.New(arena.Config[render.Motion]{})), must(arena.New(arena.Config[render.Motion]{}))
	start := render.Motion{FromTurn: mgl32.QuatIdent(), To: mgl32.Vec3{0, 1, 0}, ToTurn: mgl32.QuatIdent(), Scale: 1}
	start.Start = render.MotionClock(5 * time.Second)
	must(ours.Alloc(start))
	start.Start = render.MotionClock(65 * time.Second) // the same moment on their clock
	must(theirs.Alloc(start))

	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	target := must(render.NewOffscreen(device, 320, 180, 0))
	defer target.Release()
	r := must(render.New(device, render.Config{Format: target.Format()}))
	defer r.Release()
	cube := must(render.NewCube(device))
	defer cube.Release()
	left := must(render.NewBatch(r, ours, cube, render.BatchConfig{Tick: time.Second}))
	defer left.Release()
	right := must(render.NewBatch(r, theirs, cube, render.BatchConfig{Tick: time.Second}))
	defer right.Release()
	right.SetOrigin(mgl64.Vec3{2, 0, 0})
	right.SetClock(time.Minute)

	r.Now = 5*time.Second + 500*time.Millisecond // both are half a metre up
	camera := render.Camera{Target: mgl32.Vec3{1, 0.5, 0}, Distance: 5}
	must(r.Frame(target, &camera, left, right))
	picture := must(target.Image())
	fmt.Println(picture.NRGBAAt(120, 90) == picture.NRGBAAt(199, 90))
	// Output: true
}

// A body simulated at ten ticks a second: each tick is stored once, and every frame
// shows it where it is by then.
func ExampleMotion() {
	const tick = 100 * time.Millisecond
	m := render.Motion{
		From: mgl32.Vec3{0, 0, 0}, FromTurn: mgl32.QuatIdent(), Start: render.MotionClock(2 * time.Second),
		To: mgl32.Vec3{1, 0, 0}, ToTurn: mgl32.QuatIdent(), Scale: 1,
	}
	for _, now := range []time.Duration{0, 2050 * time.Millisecond, 3 * time.Second} {
		at := m.At(now, tick)
		fmt.Println(now, "x =", at[12])
	}
	rests := render.Still(m.To, m.ToTurn, m.Scale) // the last store of what comes to rest
	fmt.Println(rests.From == rests.To)
	// Output:
	// 0s x = 0
	// 2.05s x = 0.5
	// 3s x = 1
	// true
}

// What is under the mouse: the arena's index of the slot, and which batch it is of.
func ExampleRenderer_Pick() {
	transforms := must(arena.New(arena.Config[mgl32.Mat4]{}))
	must(transforms.Alloc(mgl32.Translate3D(-2, 0, 0)))
	right := must(transforms.Alloc(mgl32.Translate3D(2, 0, 0)))
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	target := must(render.NewOffscreen(device, 320, 180, 0))
	defer target.Release()
	r := must(render.New(device, render.Config{Format: target.Format()}))
	defer r.Release()
	cube := must(render.NewCube(device))
	defer cube.Release()
	batch := must(render.NewBatch(r, transforms, cube, render.BatchConfig{}))
	defer batch.Release()
	camera := render.Camera{Distance: 10}
	must(r.Frame(target, &camera, batch))

	hit, ok, err := r.Pick(&camera, 320, 180, 203, 90, batch)
	fmt.Println(hit.Slot == right.Index(), ok, err)
	_, ok, err = r.Pick(&camera, 320, 180, 160, 90, batch)
	fmt.Println(ok, err)
	// Output:
	// true true <nil>
	// false <nil>
}

// A camera without a picture: lines of sight, and the matrices for pipelines of yours.
func ExampleCamera_Ray() {
	c := render.Camera{Distance: 10} // along -z at the origin
	eye, direction := c.Ray(0, 0, 1) // through the middle of the picture
	fmt.Println(eye, direction)

	c.FitBox(mgl32.Vec3{-1, -1, -1}, mgl32.Vec3{1, 1, 1}, 16.0/9, 0.05)
	corner := c.Projection(16.0 / 9).Mul4(c.View()).Mul4x1(mgl32.Vec4{1, 1, 1, 1})
	fmt.Println("a corner is in the picture:", corner[1]/corner[3] < 1)

	c.Orbit(math.Pi/2, 0)
	c.Pan(0.1, 0)
	c.Zoom(0.9)
	fmt.Println(c.Yaw, c.Distance < 10)
	// Output:
	// [0 0 10] [0 0 -1]
	// a corner is in the picture: true
	// 1.5707964 true
}

// Shapes: a triangle of your own, and a sphere.
func ExampleNewMesh() {
	device := must(render.Open(render.DeviceConfig{}))
	up := mgl32.Vec3{0, 1, 0}
	gold := render.Quantize(render.RGB(0xf4b942))
	triangle := must(render.NewMesh(device, []render.Vertex{
		{Position: mgl32.Vec3{0, 0, 0}, Normal: up, Color: gold}, {Position: mgl32.Vec3{0, 0, 1}, Normal: up}, {Position: mgl32.Vec3{1, 0, 0}, Normal: up},
	}, []uint32{0, 1, 2})) // counter-clockwise, seen from above
	sphere := must(render.NewSphere(device, 32, 16))
	for _, m := range []*render.Mesh{triangle, sphere} {
		m.Release()
	}
	device.Release()
}

// One arena of several meshes: a robot's base, arm and hand are slots that a group would commit together. Far away the
// hand is a simpler mesh, and then a square.
func ExampleNewMeshSet() {
	device := must(render.Open(render.DeviceConfig{}))
	defer device.Release()
	picture := must(render.NewOffscreen(device, 320, 180, 0))
	defer picture.Release()
	r := must(render.New(device, render.Config{}))
	defer r.Release()
	base, arm, hand := must(render.NewCube(device)), must(render.NewSphere(device, 24, 12)), must(render.NewSphere(device, 12, 6))
	set := must(render.NewMeshSet(device, base, arm, hand)) // shapes 0, 1 and 2
	defer set.Release()
	simple := must(render.NewSphere(device, 4, 2))
	must(0, set.Detail(2, simple, 12)) // below 12 pixels
	must(0, set.Detail(2, nil, 4))     // below 4 pixels
	for _, m := range []*render.Mesh{base, arm, hand, simple} {
		m.Release() // the set keeps what it needs
	}

	links := must(arena.New(arena.Config[mgl32.Mat4]{}))
	robots := must(links.AllocSpan(300, mgl32.Mat4{})) // 100 bases, then 100 arms, then 100 hands
	for i := range 300 {
		m := mgl32.Translate3D(float32(i%10)*3, float32(i/100), float32(i/10%10)*3)
		robots.Set(i, &m)
	}
	robots.Flush()
	batch := must(render.NewBatch(r, links, set, render.BatchConfig{}))
	defer batch.Release()
	batch.SetShape(robots.Index(100), 100, 1)
	batch.SetShape(robots.Index(200), 100, 2)
	camera := render.NewCamera(mgl32.Vec3{13, 1, 13}, 50)
	stats := must(r.Frame(picture, &camera, batch))
	fmt.Println(stats.HighWater, "links of", links.Len())
	hit, _, err := r.Pick(&camera, 320, 180, 160, 90, batch)
	fmt.Println("a link of shape", hit.Shape, err)
}

// A simpler mesh for the distance, made from the mesh itself.
func ExampleSimplify() {
	top := mgl32.Vec3{0, 1, 0}
	var vertices []render.Vertex
	var indices []uint32
	const side = 40 // a square of 1,600 pairs of triangles that faces up
	for i := range (side + 1) * (side + 1) {
		vertices = append(vertices, render.Vertex{Position: mgl32.Vec3{float32(i % (side + 1)), 0, float32(i / (side + 1))}, Normal: top})
	}
	for i := range uint32(side * side) {
		a := i/side*(side+1) + i%side
		indices = append(indices, a, a+side+1, a+1, a+1, a+side+1, a+side+2)
	}
	simple, triangles, err := render.Simplify(vertices, indices, 8)
	fmt.Println(len(vertices), len(indices)/3, "become", len(simple), len(triangles)/3, err)
	// Output: 1681 3200 become 81 128 <nil>
}

// What this machine draws with, and how large a picture may be.
func ExampleAdapters() {
	for _, info := range must(render.Adapters()) {
		fmt.Println(info)
	}
	device := must(render.Open(render.DeviceConfig{Backend: "vulkan"}))
	defer device.Release()
	fmt.Println("pictures of up to", device.MaxSize(), "pixels a side")
}

// The GPU's own times come late, by the number of the frame.
func ExampleRenderer_GPUTimes() {
	device := must(render.Open(render.DeviceConfig{}))
	picture := must(render.NewOffscreen(device, 64, 64, 0))
	r := must(render.New(device, render.Config{Timestamps: true}))
	cubes := must(arena.New(arena.Config[mgl32.Mat4]{}))
	batch := must(render.NewBatch(r, cubes, must(render.NewCube(device)), render.BatchConfig{}))
	camera := render.NewCamera(mgl32.Vec3{}, 10)
	var times []render.GPUTime
	for range 100 {
		must(r.Frame(picture, &camera, batch))
		times = r.GPUTimes(times) // never waits
	}
	if err := r.Wait(); err != nil {
		log.Fatal(err)
	}
	var sum time.Duration
	times = r.GPUTimes(times)
	for _, t := range times {
		sum += t.Time
	}
	fmt.Println(sum/time.Duration(max(1, len(times))), "a frame")
}

// The examples without an Output comment run all the same: they could not skip where there is no adapter.
func TestExamplesWithoutOutput(t *testing.T) {
	openDevice(t)
	for _, example := range []func(){ExampleNewMesh, ExampleNewMeshSet, ExampleAdapters, ExampleRenderer_GPUTimes} {
		example()
	}
}

// Lines and points are slots of arenas of their own. They are drawn without a mesh.
func ExampleLine() {
	device := must(render.Open(render.DeviceConfig{}))
	picture := must(render.NewOffscreen(device, 320, 180, 0))
	r := must(render.New(device, render.Config{MSAA: 4}))
	lines := must(arena.New(arena.Config[render.Line]{}))
	points := must(arena.New(arena.Config[render.Point]{}))

	pose := mgl32.Translate3D(0, 1, 0)
	gold := render.Quantize(render.RGB(0xf4b942))
	box := render.BoxOutline(pose, render.Line{Pixels: 1.5, ColorA: gold, ColorB: gold})
	axes := render.Axes(pose, render.Line{Width: 0.03})
	grid := render.Grid(mgl32.Scale3D(10, 1, 10), 10, render.Line{Pixels: 1})
	eye := render.NewCamera(mgl32.Vec3{}, 3)
	frustum := render.FrustumOutline(&eye, 1.6, 2, render.Line{Pixels: 1})
	for _, l := range slices.Concat(box[:], axes[:], grid, frustum[:]) {
		must(lines.Alloc(l))
	}
	must(points.Alloc(render.Point{Center: mgl32.Vec3{0, 1, 0}, Radius: 0.2, Pixels: 1}))

	camera := render.NewCamera(mgl32.Vec3{}, 12)
	must(r.Frame(picture, &camera,
		must(render.NewBatch(r, lines, nil, render.BatchConfig{})), must(render.NewBatch(r, points, nil, render.BatchConfig{}))))
	depth, _ := r.Depth() // nil: the next frame is the first that keeps it
	fmt.Println(lines.Len(), "lines", depth == nil)
	// Output: 49 lines true
}

// The last 100 places of 1,000 things, in whole ticks.
func ExampleTrail() {
	lines := must(arena.New(arena.Config[render.Line]{}))
	world := lines.NewGroup()
	trail := must(render.NewTrail(world, 1000, 100))
	places := make([]mgl32.Vec3, 1000)
	for tick := range 3 {
		for i := range places {
			places[i] = mgl32.Vec3{float32(i), float32(tick), 0}
		}
		trail.Add(places)
		world.Commit(arena.Tick{Number: uint64(tick)})
		fmt.Println(lines.Descend().Updated, "slots")
	}
	fmt.Println(trail.Free())
	// Output:
	// 100000 slots
	// 1000 slots
	// 1000 slots
	// <nil>
}

// Two boxes that stand behind each other need less room than the box around both.
func ExampleCamera_FitPoints() {
	var corners []mgl32.Vec3
	for _, at := range []float32{-10, 10} {
		for _, x := range []float32{-1, 1} {
			for _, z := range []float32{-1, 1} {
				corners = append(corners, mgl32.Vec3{at + x, 0, at + z}, mgl32.Vec3{at + x, 2, at + z})
			}
		}
	}
	around, tight := render.NewCamera(mgl32.Vec3{}, 1), render.NewCamera(mgl32.Vec3{}, 1)
	around.FitBox(mgl32.Vec3{-11, 0, -11}, mgl32.Vec3{11, 2, 11}, 16.0/9, 0.05)
	tight.FitPoints(corners, 16.0/9, 0.05)
	fmt.Printf("%.0f m away instead of %.0f m\n", tight.Distance, around.Distance)
	// Output: 19 m away instead of 22 m
}
