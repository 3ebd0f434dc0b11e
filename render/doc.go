// Package render draws every slot of an arena as a copy of one mesh, a million copies or more, into a window or an
// offscreen picture.
//
// Most programs need two calls. [NewBatch] joins an arena with a mesh. [Renderer.Frame] uploads what changed and
// draws a frame. A program with a render loop of its own calls [Batch.Upload] and [Renderer.Encode] instead. A
// program with pipelines of its own needs package upload alone.
//
// # Parts
//
// A [Device] is an open GPU, or the CPU if there is no GPU. A [Target] receives the frames: an [Offscreen] picture, or
// a window of package render/window. A [Renderer] draws into targets of one pixel format, in one [Look]. A [Mesh] is a
// shape, a [MeshSet] several, a [Camera] a point of view. A [Batch] joins an arena with a mesh or a set. A frame draws
// any number of batches.
//
//	device, err := render.Open(render.DeviceConfig{})
//	picture, err := render.NewOffscreen(device, 1280, 720, 0)
//	renderer, err := render.New(device, render.Config{Format: picture.Format()})
//	cube, err := render.NewCube(device)
//	batch, err := render.NewBatch(renderer, transforms, cube, render.BatchConfig{})
//	camera := render.NewCamera(mgl32.Vec3{}, 10)
//	stats, err := renderer.Frame(picture, &camera, batch)
//	err = picture.WritePNG("out.png")
//
// Here transforms is an arena of matrices: an *arena.Arena[mgl32.Mat4], with package mgl32 of github.com/go-gl/mathgl.
//
// Release these objects in the reverse order. The garbage collector does not release them. A method of an object that
// has been released panics.
//
// # Conventions
//
// Coordinates are right-handed, y up, in metres. Angles are in radians. Matrices are column-major, as in mgl32. Front
// faces run counter-clockwise, and back faces are not drawn; so a matrix that mirrors turns a mesh inside out (but
// not the cube of [NewCube]). Colours are linear, targets store sRGB. Depth is 1 at the near plane and 0 infinitely
// far away. The zero matrix draws nothing: a freed slot has it, and disappears.
//
// A slot's matrix is affine: its last row is 0 0 0 1. A last row of 0 0 0 w divides the matrix by w. A matrix with
// another last row, a projection, draws nothing, and neither does one with w 0.
//
// # Large worlds
//
// A float32 has steps of 8 mm at 100 km, and of a metre at 10,000 km. So slots count from their batch's origin
// (BatchConfig.Origin), and a camera's target from [Camera].Origin. Both origins are float64. The CPU subtracts the eye
// from them before it rounds anything: near the eye, the picture is as exact at 10⁹ m as at 0. In shaders the world
// counts from the camera's origin, and batch.origin is the batch's origin, counted from there.
//
// # Frames
//
// Frame descends once into each arena, uploads what its batches lack (package upload), and draws each page of a batch,
// which is one of its GPU buffers, by one instanced draw. A batch follows its arena, as a recorder or a publisher does:
// you may also descend yourself, as often as you like. Writers go on meanwhile. The picture shows each slot's last
// whole value, and each arena.Group's last commit.
//
// From 4,096 slots or 24,576 triangles on, the GPU culls: it first finds the slots that a camera, or a shadow map,
// can see, and draws only those, in the order of their indices. The picture is the same, byte for byte.
//
// From 98,304 triangles on, and with one sample a pixel, it also leaves out slots that are wholly behind others,
// while that pays. Slots of closed meshes hide others, if the mesh contains the middle of its box: the more of the
// box it fills, the more it hides. A batch whose Record or Shade has the word discard hides nothing. Lines, points
// and batches with a Module neither hide slots nor are hidden. The picture is the same, byte for byte.
//
// Frame paces the program: it waits while two frames are in flight, submitted to the GPU and not finished. It allocates
// no memory of its own. With Config.Timestamps, [Renderer.GPUTimes] has the time that the GPU took for each frame.
//
// # Several meshes
//
// The slots of one arena can show different meshes, so that a world of many kinds of body commits whole ticks. A batch
// of a [MeshSet] draws them; [Batch.SetShape], or a function of your Record, says which slot shows which mesh. The GPU
// sorts what a view sees by mesh, and draws each mesh of a page by one instanced draw. The picture is that of one
// batch for each mesh, byte for byte, in the order of the set.
//
// [MeshSet.Detail] gives a mesh simpler ones for the distance, which [Simplify] can make. What a slot shows then
// depends on its size in the picture alone.
//
// # Motion
//
// A simulation whose ticks are slower than the frames stores a [Motion] for each body instead of a matrix: where it
// is, and where it will be a tick later. The GPU blends at [Renderer.Now], and between two ticks nothing is uploaded.
// If the motions are in an arena.Group, each frame shows one tick of the whole world.
//
// A batch has a place, a clock and a tick of its own ([Batch.SetOrigin], [Batch.SetClock], [Batch.SetTick]): so a world
// that another process publishes is drawn as it is stored.
//
// # Lines and points
//
// An arena of [Line] or [Point] is a batch, too: NewBatch gets nil in place of a mesh. Widths are in metres or in
// pixels. So lines and points are stored, grouped, culled, picked, recorded and relayed as all slots are. [Axes],
// [BoxOutline], [FrustumOutline] and [Grid] return lines; a [Trail] shows where things have been.
//
// # Shaders
//
// Arenas of mgl32.Mat4, [Instance], [Motion], [MotionInstance], [Line] and [Point] need no shader. For any other type,
// BatchConfig.Record says in WGSL where a slot's mesh is and which colour it has. BatchConfig.Shade colours the
// points of the surface, in the light of the look. BatchConfig.Module replaces the shaders of a batch. These bindings
// are fixed; their types are in shaders/scene.wgsl:
//
//	@group(0) @binding(0) var<uniform> frame: Frame;                  // camera and light
//	@group(1) @binding(0) var<storage, read> records: array<Record>;  // the page
//	@group(1) @binding(1) var<uniform> batch: Batch;                  // arena index of the page's first slot, colours
//	@location(0) position: vec3f, @location(1) normal: vec3f, @location(2) color: vec4f  // of a vertex
//
// If WGSL does not compile, NewBatch returns the compiler's message.
//
// # Goroutines
//
// A device, and everything made from it, belongs to one goroutine at a time: the render goroutine (the render thread,
// in other libraries). It is also the one reader of the arenas. Any number of goroutines may write into the arenas,
// as package arena says.
package render
