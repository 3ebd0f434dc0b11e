package shaders

import _ "embed"

// The scene's modules are joined from these parts, by package render; the head of each
// file says what it needs from the others and what it gives them. What WGSL of one's own
// may use (BatchConfig.Record, Shade and Module) is in Scene, Motion and the two looks.
var (
	//go:embed scene.wgsl
	Scene string // what every module shares: bindings, types, colours, tone

	//go:embed tone_linear.wgsl
	ToneLinear string // output, for targets that encode sRGB themselves
	//go:embed tone_srgb.wgsl
	ToneSRGB string // output, for targets that do not

	//go:embed record_mat4.wgsl
	RecordMat4 string // Record, model and tint of an arena of mgl32.Mat4
	//go:embed record_instance.wgsl
	RecordInstance string // those of render.Instance
	//go:embed motion.wgsl
	Motion string // the struct Motion and moved, for records that call it
	//go:embed record_motion.wgsl
	RecordMotion string // Record, model and tint of render.Motion
	//go:embed record_motion_instance.wgsl
	RecordMotionInstance string // those of render.MotionInstance

	//go:embed place_all.wgsl
	PlaceAll string // which slot is drawn where, without culling
	//go:embed place_seen.wgsl
	PlaceSeen string // which slot is drawn where, behind culling
	//go:embed placed_record.wgsl
	PlacedRecord string // a slot's matrix, from its record
	//go:embed placed_kept.wgsl
	PlacedKept string // a slot's matrix, as culling has kept it

	//go:embed cull.wgsl
	Cull string // the kernels that find out which slots a view sees
	//go:embed cull_keep_none.wgsl
	CullKeepNone string // keeps no matrices: those that are records cost nothing to find again
	//go:embed cull_keep_model.wgsl
	CullKeepModel string // keeps the matrices that take computing

	//go:embed vertex_mesh.wgsl
	VertexMesh string // the vertex stage of any mesh
	//go:embed corner.wgsl
	Corner string // the seven corners of a cube that can be seen
	//go:embed vertex_cube.wgsl
	VertexCube string // the cube's vertex stage, for fragments that shade each pixel
	//go:embed vertex_cube_flat.wgsl
	VertexCubeFlat string // the cube's vertex and fragment stage, lit once a face

	//go:embed look_plain.wgsl
	LookPlain string // lit, of the plain look
	//go:embed look_studio.wgsl
	LookStudio string // lit, of the studio look
	//go:embed backdrop.wgsl
	Backdrop string // ground and horizon of the studio look

	//go:embed shade.wgsl
	Shade string // shade, where BatchConfig.Shade is left out
	//go:embed fragment.wgsl
	Fragment string // the fragment stage
	//go:embed pick.wgsl
	Pick string // the fragment stage of picking
)
