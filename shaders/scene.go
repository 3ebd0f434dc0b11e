package shaders

import _ "embed"

// Package render joins the modules of the scene from these parts. The head of each file says what the file needs from
// others, and what it declares. Your own WGSL (BatchConfig.Record, Shade and Module) may use the declarations of Scene,
// Motion and the two looks.
var (
	//go:embed scene.wgsl
	Scene string // what every module declares: bindings, types, colours

	//go:embed tone_linear.wgsl
	ToneLinear string // output, for targets that encode sRGB
	//go:embed tone_srgb.wgsl
	ToneSRGB string // output, for targets that do not

	//go:embed record_mat4.wgsl
	RecordMat4 string // Record, model and tint of an arena of mgl32.Mat4
	//go:embed record_instance.wgsl
	RecordInstance string // the same for render.Instance
	//go:embed motion.wgsl
	Motion string // Motion and moved, for records that call moved
	//go:embed record_motion.wgsl
	RecordMotion string // Record, model and tint of render.Motion
	//go:embed record_motion_instance.wgsl
	RecordMotionInstance string // the same for render.MotionInstance

	//go:embed record_line.wgsl
	RecordLine string // the same for render.Line; with Sized
	//go:embed record_point.wgsl
	RecordPoint string // the same for render.Point; with Sized
	//go:embed sized.wgsl
	Sized string // sizes in pixels, for lines and points

	//go:embed place_all.wgsl
	PlaceAll string // the slot of each place of a draw, without culling
	//go:embed place_seen.wgsl
	PlaceSeen string // the slot of each place of a draw, with culling
	//go:embed place_sorted.wgsl
	PlaceSorted string // the slot of each place of a draw, with slots sorted by draws
	//go:embed placed_record.wgsl
	PlacedRecord string // a slot's matrix, from its record
	//go:embed placed_kept.wgsl
	PlacedKept string // a slot's matrix, as culling kept it

	//go:embed cull.wgsl
	Cull string // the kernels that find the slots that a view sees
	//go:embed sort.wgsl
	Sort string // the kernels that sort these slots by draws, if they show several meshes
	//go:embed occlusion.wgsl
	Occlusion string // what occlusion keeps on the GPU
	//go:embed occlude.wgsl
	Occlude string // marks what slots hide, and finds slots that are hidden
	//go:embed occlude_cull.wgsl
	OccludeCull string // the kernels of occlusion for Cull
	//go:embed occlude_sort.wgsl
	OccludeSort string // the kernels of occlusion for Sort
	//go:embed occlude_judge.wgsl
	OccludeJudge string // the kernel that decides whether occlusion pays
	//go:embed shape_byte.wgsl
	ShapeByte string // which mesh a slot shows, as Batch.SetShape says
	//go:embed shape_record.wgsl
	ShapeRecord string // which mesh a slot shows, as a Record says
	//go:embed weigh.wgsl
	Weigh string // the kernel that weighs what the camera sees
	//go:embed weigh_mesh.wgsl
	WeighMesh string // the box of a slot, if all slots show one mesh
	//go:embed weigh_set.wgsl
	WeighSet string // the box of a slot that shows a mesh of a set
	//go:embed fit.wgsl
	Fit string // the kernel that fits the shadow maps to what was weighed
	//go:embed cull_keep_none.wgsl
	CullKeepNone string // keeps no matrix: for matrices that are the records themselves
	//go:embed cull_keep_model.wgsl
	CullKeepModel string // keeps the matrices of the visible slots: for those that take computing

	//go:embed vertex_mesh.wgsl
	VertexMesh string // the vertex stage of a mesh
	//go:embed vertex_colored.wgsl
	VertexColored string // the same for a mesh whose vertices have colours
	//go:embed corner.wgsl
	Corner string // the seven visible corners of a cube
	//go:embed vertex_cube.wgsl
	VertexCube string // the vertex stage of the cube, for a fragment stage that shades each pixel
	//go:embed vertex_cube_flat.wgsl
	VertexCubeFlat string // the vertex and fragment stage of the cube that light each face once

	//go:embed vertex_line.wgsl
	VertexLine string // the vertex stage of lines, and what a pixel shows of a line
	//go:embed vertex_point.wgsl
	VertexPoint string // the same for points

	//go:embed vertex_square.wgsl
	VertexSquare string // the vertex and fragment stage of a mesh that is a few pixels high

	//go:embed look_plain.wgsl
	LookPlain string // lit of the plain look
	//go:embed look_studio.wgsl
	LookStudio string // lit of the studio look
	//go:embed backdrop.wgsl
	Backdrop string // ground and horizon of the studio look

	//go:embed shade.wgsl
	Shade string // shade, if BatchConfig.Shade is empty
	//go:embed shade_flat.wgsl
	ShadeFlat string // the same for lines, which are not lit
	//go:embed fragment.wgsl
	Fragment string // the fragment stage
	//go:embed fragment_surface.wgsl
	FragmentSurface string // the fragment stages of lines and points
	//go:embed pick.wgsl
	Pick string // the fragment stage of Pick
	//go:embed pick_surface.wgsl
	PickSurface string // the same for lines and points
)
