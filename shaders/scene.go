package shaders

import _ "embed"

// The scene's modules are joined from these parts; the head of each file says
// what it needs from the others and what it gives them.
var (
	//go:embed scene.wgsl
	Scene string // what every module shares: bindings, types, colours, tone

	//go:embed tone_linear.wgsl
	ToneLinear string
	//go:embed tone_srgb.wgsl
	ToneSRGB string

	//go:embed record_mat4.wgsl
	RecordMat4 string
	//go:embed record_instance.wgsl
	RecordInstance string
	//go:embed motion.wgsl
	Motion string // for records that call moved
	//go:embed record_motion.wgsl
	RecordMotion string
	//go:embed record_motion_instance.wgsl
	RecordMotionInstance string

	//go:embed place_all.wgsl
	PlaceAll string
	//go:embed place_seen.wgsl
	PlaceSeen string // behind culling
	//go:embed placed_record.wgsl
	PlacedRecord string
	//go:embed placed_kept.wgsl
	PlacedKept string // behind culling that keeps matrices

	//go:embed cull.wgsl
	Cull string
	//go:embed cull_keep_none.wgsl
	CullKeepNone string
	//go:embed cull_keep_model.wgsl
	CullKeepModel string

	//go:embed vertex_mesh.wgsl
	VertexMesh string
	//go:embed corner.wgsl
	Corner string
	//go:embed vertex_cube.wgsl
	VertexCube string
	//go:embed vertex_cube_flat.wgsl
	VertexCubeFlat string

	//go:embed look_plain.wgsl
	LookPlain string
	//go:embed look_studio.wgsl
	LookStudio string
	//go:embed backdrop.wgsl
	Backdrop string // ground and horizon of the studio look

	//go:embed shade.wgsl
	Shade string
	//go:embed fragment.wgsl
	Fragment string
	//go:embed pick.wgsl
	Pick string
)
