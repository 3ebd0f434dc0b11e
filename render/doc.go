// Package render draws what an arena holds: one mesh for every slot, thousands
// to a million of them, into a window or an offscreen picture.
//
// For most programs [NewBatch] and [Renderer.Frame] are what you want. Who has a loop,
// an encoder or a simulation pass of their own calls [Batch.Upload] and
// [Renderer.Encode]; who draws with pipelines of their own needs package upload alone.
//
// # Parts
//
// A [Device] is an open GPU, or the CPU where there is none. A [Target] is what
// a frame is drawn into: an [Offscreen] picture here, a window in package
// render/window. A [Renderer] is made for targets of one format and draws in
// one [Look]. A [Mesh] is a shape, a [Camera] a point of view. A [Batch] joins
// an arena with a mesh: a frame draws any number of batches.
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
// Release what was made in reverse order. Nothing is released by the garbage
// collector.
//
// # Conventions
//
// Coordinates are right-handed, y up, in metres; angles are radians; matrices
// are column-major, as mgl32's. Front faces run counter-clockwise; back faces
// are not drawn, so a matrix that mirrors turns a mesh inside out (but not the
// cube of [NewCube]). Colours are linear; targets are sRGB. Depth is 1 at the
// near plane and 0 infinitely far away. The zero matrix draws nothing, which is
// how a freed slot vanishes.
//
// # Worlds larger than a float32
//
// A float32 has steps of 8 mm at 100 km and of a metre at 10,000. Slots count from
// their batch's BatchConfig.Origin and a camera's target from [Camera].Origin, both
// float64: the CPU subtracts the eye from them before anything is rounded, and what is
// near the eye is drawn as exactly at 10⁹ m as at 0. Shaders see the world from the
// camera's origin; batch.origin is the batch's as seen from there.
//
// # Frames
//
// [Renderer.Frame] brings each batch's pages on the GPU up to date with its
// arena (package upload), then draws each page by one instanced draw. From 4,096 slots
// on the GPU finds out first which of them a camera, or a lamp's depth map, can see,
// and draws those in their order: the same picture, byte for byte. Writers go on
// writing meanwhile; the picture shows each slot's last whole value, and each
// arena.Group's last commit. Batches may share an arena: Frame descends into it once.
//
// A batch follows its arena, as a recorder or a publisher does: where others need a
// Descend of their own, descend, as often as you like. For a loop of one's own, descend,
// call [Batch.Upload] and [Renderer.Encode] with an encoder of one's own, and submit it.
//
// Frame keeps at most two frames in flight and allocates nothing of its own.
// With Config.Timestamps the GPU's own time comes back in sets of 32 frames
// through [Renderer.GPUTimes], without a wait.
//
// # Motion
//
// A simulation that ticks slower than frames are drawn stores [Motion] instead of
// matrices: where a body is and where it will be a tick later. The GPU blends, at
// [Renderer.Now], and between two ticks nothing is uploaded. With an arena.Group every
// frame shows one tick of the whole world.
//
// # Shaders
//
// Arenas of mgl32.Mat4, [Instance], [Motion] and [MotionInstance] are drawn as they
// are. For any other type, BatchConfig.Record says in WGSL where a slot's mesh is and what colour
// it has. BatchConfig.Shade colours points of the surface in the light of the
// look; BatchConfig.Module replaces the shaders whole. These bindings are
// fixed (shaders/scene.wgsl has the types):
//
//	@group(0) @binding(0) var<uniform> frame: Frame;                  // camera and light
//	@group(1) @binding(0) var<storage, read> records: array<Record>;  // the page
//	@group(1) @binding(1) var<uniform> batch: Batch;                  // arena index of the page's first slot, colours
//	@location(0) position: vec3f, @location(1) normal: vec3f          // of a vertex
//
// WGSL that does not compile is an error with the compiler's message.
//
// # Threads
//
// A device and everything made from it belong to one goroutine at a time.
// Arenas are for any number of goroutines, as package arena says.
package render
