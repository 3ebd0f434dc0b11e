package meshfile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Files that others made have the parts, triangles and boxes that their text says, seen by eye or by gltf-validator.
func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file      string
		parts     int
		triangles int
		lo, hi    mgl32.Vec3
	}{
		{"concave_polygon.obj", 1, 64, mgl32.Vec3{-1.146, 1.6575, 1.6055}, mgl32.Vec3{-1.146, 3.1425, 3.0905}},
		{"cube_with_vertexcolors.obj", 1, 12, mgl32.Vec3{}, mgl32.Vec3{1, 1, 1}},
		{"cube_binary.ply", 1, 12, mgl32.Vec3{}, mgl32.Vec3{1, 1, 1}},
		{"float-color.ply", 1, 1, mgl32.Vec3{}, mgl32.Vec3{200, 200, 0}},
		{"triangle_with_two_solids.stl", 2, 2, mgl32.Vec3{-1, -1, 0}, mgl32.Vec3{3, 3, 0}},
		{"simple_skin.gltf", 1, 8, mgl32.Vec3{-0.5, 0, 0}, mgl32.Vec3{0.5, 2, 0}},
	} {
		m, err := Load(filepath.Join("testdata", c.file))
		if err != nil {
			t.Error(err)
			continue
		}
		n := 0
		for i := range m.Parts {
			whole(t, &m.Parts[i])
			n += len(m.Parts[i].Indices) / 3
		}
		if lo, hi := m.Bounds(); len(m.Parts) != c.parts || n != c.triangles || !lo.ApproxEqualThreshold(c.lo, 1e-3) || !hi.ApproxEqualThreshold(c.hi, 1e-3) {
			t.Errorf("%s: %d parts, %d triangles, box %v to %v; want %d, %d, %v to %v", c.file, len(m.Parts), n, lo, hi, c.parts, c.triangles, c.lo, c.hi)
		}
	}
	m, err := Load("testdata/triangle_with_two_solids.stl")
	ok(t, err)
	if m.Parts[0].Name != "testTriangle_1" || m.Parts[1].Name != "testTriangle_2" {
		t.Errorf("names %q and %q", m.Parts[0].Name, m.Parts[1].Name)
	}
	if c := m.Parts[0].Vertices[0].Color; c != (render.RGBA8{255, 255, 255, 255}) {
		t.Errorf("without colours a vertex is %v", c)
	}
	// 0.87843 in the file is sRGB, and 0.745 linear.
	m, err = Load("testdata/cube_with_vertexcolors.obj")
	ok(t, err)
	for _, v := range m.Parts[0].Vertices {
		if v.Position == (mgl32.Vec3{0, 1, 1}) && v.Color != (render.RGBA8{190, 0, 1, 255}) {
			t.Errorf("the colour of a corner is %v", v.Color)
		}
	}
}

// whole fails unless a part is one that render.NewMesh takes, with normals of length 1.
func whole(t testing.TB, p *Part) {
	t.Helper()
	if len(p.Indices) == 0 || len(p.Indices)%3 != 0 {
		t.Fatalf("%d indices", len(p.Indices))
	}
	for _, i := range p.Indices {
		if int(i) >= len(p.Vertices) {
			t.Fatalf("index %d of %d vertices", i, len(p.Vertices))
		}
	}
	for _, v := range p.Vertices {
		if l := v.Normal.Len(); !finite(v.Position[:]...) || !(l > 0.999 && l < 1.001) || v.Color[3] != 255 {
			t.Fatalf("vertex %+v", v)
		}
	}
}

// document is a glTF of one triangle, which change changes.
func document(change func(g map[string]any)) []byte {
	data := &bytes.Buffer{}
	binary.Write(data, binary.LittleEndian, []float32{0, 0, 0, 1, 0, 0, 0, 1, 0})
	binary.Write(data, binary.LittleEndian, []uint16{0, 1, 2, 0})
	g := map[string]any{
		"asset":  map[string]any{"version": "2.0"},
		"scenes": []any{map[string]any{"nodes": []int{0}}},
		"nodes":  []any{map[string]any{"mesh": 0, "name": "one"}},
		"meshes": []any{map[string]any{"primitives": []any{map[string]any{"attributes": map[string]any{"POSITION": 0}, "indices": 1}}}},
		"accessors": []any{
			map[string]any{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
			map[string]any{"bufferView": 1, "componentType": 5123, "count": 3, "type": "SCALAR"},
		},
		"bufferViews": []any{map[string]any{"buffer": 0, "byteLength": 36}, map[string]any{"buffer": 0, "byteOffset": 36, "byteLength": 8}},
		"buffers":     []any{map[string]any{"byteLength": 44, "uri": "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(data.Bytes())}},
	}
	change(g)
	text, err := json.Marshal(g)
	if err != nil {
		panic(err)
	}
	return text
}

// in returns what stands at a path of keys and indices.
func in(g any, path ...any) map[string]any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			g = g.(map[string]any)[p]
		case int:
			g = g.([]any)[p]
		}
	}
	return g.(map[string]any)
}

// binarySTL is a binary STL that says it has count triangles, and has those of p.
func binarySTL(count uint32, p ...[3]mgl32.Vec3) []byte {
	var b bytes.Buffer
	b.Write(make([]byte, 80))
	binary.Write(&b, binary.LittleEndian, count)
	for _, t := range p {
		binary.Write(&b, binary.LittleEndian, mgl32.Vec3{})
		binary.Write(&b, binary.LittleEndian, t)
		b.Write([]byte{0, 0})
	}
	return b.Bytes()
}

const plyHead = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n" +
	"element face 1\nproperty list uchar int vertex_indices\nend_header\n"

// Every fault of a file is an error that names it, and none costs memory that the file's bytes do not pay for.
func TestBadFiles(t *testing.T) { // not parallel: it counts allocations
	nan := float32(math.NaN())
	doc := func(change func(g map[string]any)) string { return string(document(change)) }
	for name, c := range map[string]struct {
		format     Format
		text, want string
	}{
		"no format":          {"dae", "", "unknown format"},
		"empty obj":          {OBJ, "", "no triangles"},
		"points":             {OBJ, "v 0 0 0\np 1\n", "no triangles"},
		"index past the end": {OBJ, "v 0 0 0\nv 1 0 0\nf 1 2 3\n", "line 3: a face uses vertex 3, but there are 2 so far"},
		"index 0":            {OBJ, "v 0 0 0\nf 0 1 1\n", "a face uses vertex 0"},
		"index before":       {OBJ, "v 0 0 0\nf -2 1 1\n", "a face uses vertex -2"},
		"not a number":       {OBJ, "v 0 x 0\n", `"x" is not a number`},
		"NaN in obj":         {OBJ, "v 0 0 0\nv nan 0 0\nv 0 1 0\nf 1 2 3\n", "not finite"},
		"curve":              {OBJ, "cstype bezier\n", "curves"},
		"no statement":       {OBJ, "\x00\x01\n", "no statement of OBJ"},
		"mtllib by Read":     {OBJ, "mtllib a.mtl\n", "use Load"},
		"no ply":             {PLY, "plx\n", `begins with a line "ply"`},
		"no head":            {PLY, "ply\n", "end_header"},
		"unknown ply":        {PLY, "ply\nformat odd 1.0\nend_header\n", `unknown format "odd"`},
		"unknown type":       {PLY, "ply\nelement vertex 1\nproperty quad x\n", "unknown type"},
		"ends":               {PLY, plyHead + "0 0 0 1 0 0 0 1", "the file ends too soon"},
		"ply index":          {PLY, plyHead + "0 0 0 1 0 0 0 1 0\n3 0 1 3\n", "a face has vertex 3, but there are 3 vertices"},
		"ply index below":    {PLY, plyHead + "0 0 0 1 0 0 0 1 0\n3 0 1 -1\n", "a face has vertex -1"},
		"ply NaN":            {PLY, plyHead + "0 0 0 1 0 nan 0 1 0\n3 0 1 2\n", "not finite"},
		"long list":          {PLY, plyHead + "0 0 0 1 0 0 0 1 0\n4000000000 0 1 2\n", "a list of 4e+09 values"},
		"nothing in it":      {PLY, "ply\nformat ascii 1.0\nelement x 9000000000000000000\nend_header\n", "no properties"},
		"billions":           {PLY, strings.Replace(plyHead, "vertex 3", "vertex 4000000000", 1) + "0 0 0", "vertex 1: the file ends too soon"},
		"strips":             {PLY, "ply\nformat ascii 1.0\nelement tristrips 1\nproperty list int int vertex_indices\nend_header\n3 0 1 2\n", "tristrips"},
		"short stl":          {STL, "12345", "too few"},
		"stl ends":           {STL, string(binarySTL(4e9, [3]mgl32.Vec3{})), "ends after 1 of 4000000000 triangles"},
		"stl NaN":            {STL, string(binarySTL(1, [3]mgl32.Vec3{{nan}, {1}, {0, 1}})), "not finite"},
		"stl without area":   {STL, string(binarySTL(1, [3]mgl32.Vec3{{1}, {1}, {1}})), "no triangles"},
		"two corners":        {STL, "solid\nfacet\nouter loop\nvertex 0 0 0\nvertex 0 0 0\nendloop\n", "line 6: a facet with 2 vertices"},
		"four corners":       {STL, "solid\nouter loop\n" + strings.Repeat("vertex 0 0 0\n", 4), "line 6: a facet has three"},
		"in a facet":         {STL, "solid\nouter loop\nvertex 0 0 0\n", "within a facet"},
		"no JSON":            {GLTF, "{", "not glTF"},
		"glTF 1":             {GLTF, `{"asset":{"version":"1.0"}}`, `version "1.0"`},
		"no version":         {GLTF, `{}`, `version ""`},
		"short glb":          {GLB, "glTF\x02\x00\x00\x00\xff\x00\x00\x00", "ends too soon"},
		"draco":              {GLTF, doc(func(g map[string]any) { g["extensionsRequired"] = []string{"KHR_draco_mesh_compression"} }), "KHR_draco_mesh_compression"},
		"circle":             {GLTF, doc(func(g map[string]any) { in(g, "nodes", 0)["children"] = []int{0} }), "in a circle"},
		"no such node":       {GLTF, doc(func(g map[string]any) { in(g, "nodes", 0)["children"] = []int{7} }), "there is no node 7"},
		"no such mesh":       {GLTF, doc(func(g map[string]any) { in(g, "nodes", 0)["mesh"] = 3 }), "mesh 3, but there are 1"},
		"no such accessor":   {GLTF, doc(func(g map[string]any) { in(g, "meshes", 0, "primitives", 0)["indices"] = 9 }), "there is no accessor 9"},
		"no such material":   {GLTF, doc(func(g map[string]any) { in(g, "meshes", 0, "primitives", 0)["material"] = 0 }), "there is no material 0"},
		"morph":              {GLTF, doc(func(g map[string]any) { in(g, "nodes", 0)["weights"] = []float32{1} }), "morph targets"},
		"beyond the view":    {GLTF, doc(func(g map[string]any) { in(g, "accessors", 0)["count"] = 4 }), "4 elements of 12 bytes reach beyond"},
		"huge count":         {GLTF, doc(func(g map[string]any) { in(g, "accessors", 0)["count"] = math.MaxInt64 }), "reach beyond"},
		"beyond the buffer":  {GLTF, doc(func(g map[string]any) { in(g, "bufferViews", 0)["byteLength"] = math.MaxInt64 }), "beyond the 44 bytes"},
		"before the buffer":  {GLTF, doc(func(g map[string]any) { in(g, "bufferViews", 0)["byteOffset"] = -1 }), "beyond the 44 bytes"},
		"no view":            {GLTF, doc(func(g map[string]any) { delete(in(g, "accessors", 0), "bufferView") }), "no buffer view"},
		"wrong type":         {GLTF, doc(func(g map[string]any) { in(g, "accessors", 0)["type"] = "VEC2" }), "must have 3 components"},
		"too few vertices":   {GLTF, doc(func(g map[string]any) { in(g, "accessors", 0)["count"] = 2 }), "index 2 is out of range: there are 2 vertices"},
		"file by Read":       {GLTF, doc(func(g map[string]any) { in(g, "buffers", 0)["uri"] = "a.bin" }), "use Load"},
		"from afar":          {GLTF, doc(func(g map[string]any) { in(g, "buffers", 0)["uri"] = "https://a/b" }), "not a file beside"},
		"NaN in glTF":        {GLTF, doc(func(g map[string]any) { in(g, "accessors", 0)["byteOffset"] = 0; putNaN(g) }), "not finite"},
		"far away":           {GLTF, doc(func(g map[string]any) { in(g, "nodes", 0)["scale"] = []float32{3e38, 1, 1}; nest(g) }), "not finite"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(strings.NewReader(c.text), c.format)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes of memory for a file of %d bytes", name, n, len(c.text))
		}
	}
	if _, err := Load("testdata/none.glb"); err == nil {
		t.Error("a file that is not there")
	}
}

func putNaN(g map[string]any) {
	data := make([]byte, 44)
	for i := range data {
		data[i] = 0xff
	}
	in(g, "buffers", 0)["uri"] = "data:;base64," + base64.StdEncoding.EncodeToString(data)
	delete(in(g, "meshes", 0, "primitives", 0), "indices")
}

// nest puts the node into one of the same scale.
func nest(g map[string]any) {
	outer := map[string]any{"children": []int{0}, "scale": []float32{3e38, 1, 1}}
	g["nodes"] = append(g["nodes"].([]any), outer)
	in(g, "scenes", 0)["nodes"] = []int{1}
}

// A model reads no file outside of its folder.
func TestOutsideFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(dir, "secret.mtl"), []byte("newmtl a\nKd 1 0 0\n"), 0o666))
	ok(t, os.Mkdir(filepath.Join(dir, "in"), 0o777))
	ok(t, os.Symlink("../secret.mtl", filepath.Join(dir, "in", "link.mtl")))
	for _, name := range []string{"../secret.mtl", `..\secret.mtl`, filepath.Join(dir, "secret.mtl"), "link.mtl"} {
		path := filepath.Join(dir, "in", "a.obj")
		ok(t, os.WriteFile(path, []byte("mtllib "+name+"\nusemtl a\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), 0o666))
		if _, err := Load(path); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	ok(t, os.WriteFile(filepath.Join(dir, "in", "own.mtl"), []byte("newmtl a\nKd 1 0 0\n"), 0o666))
	path := filepath.Join(dir, "in", "a.obj")
	ok(t, os.WriteFile(path, []byte("mtllib own.mtl\nusemtl a\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), 0o666))
	m, err := Load(path)
	ok(t, err)
	if c := m.Parts[0].Vertices[0].Color; c != (render.RGBA8{255, 0, 0, 255}) {
		t.Errorf("the material's colour is %v", c)
	}
}

// Places, mirrors, double sides, strips and colours of glTF are what the specification says.
func TestGLTF(t *testing.T) {
	t.Parallel()
	load := func(change func(g map[string]any)) *Model {
		t.Helper()
		m, err := Read(bytes.NewReader(document(change)), GLTF)
		ok(t, err)
		for i := range m.Parts {
			whole(t, &m.Parts[i])
		}
		return m
	}
	m := load(func(g map[string]any) {})
	if p := m.Parts[0]; p.Name != "one" || len(p.Vertices) != 3 || p.Vertices[0].Normal != (mgl32.Vec3{0, 0, 1}) || p.Vertices[0].Color != (render.RGBA8{255, 255, 255, 255}) {
		t.Errorf("%+v", p)
	}
	m = load(func(g map[string]any) { // turned by 90° around z, moved, in a node that is twice as large
		n := in(g, "nodes", 0)
		n["rotation"], n["translation"] = []float32{0, 0, math.Sqrt2 / 2, math.Sqrt2 / 2}, []float32{1, 0, 0}
		g["nodes"] = append(g["nodes"].([]any), map[string]any{"children": []int{0}, "scale": []float32{2, 2, 2}})
		in(g, "scenes", 0)["nodes"] = []int{1}
	})
	if lo, hi := m.Bounds(); lo.Len() > 1e-5 || hi.Sub(mgl32.Vec3{2, 2, 0}).Len() > 1e-5 {
		t.Errorf("a turned triangle lies in %v to %v", lo, hi)
	}
	m = load(func(g map[string]any) {
		in(g, "meshes", 0, "primitives", 0)["material"] = 0
		g["materials"] = []any{map[string]any{"doubleSided": true, "pbrMetallicRoughness": map[string]any{"baseColorFactor": []float32{1, 0.5, 0, 0.1}}}}
	})
	if p := m.Parts[0]; len(p.Indices) != 6 || p.Vertices[3].Normal != (mgl32.Vec3{0, 0, -1}) || p.Vertices[0].Color != (render.RGBA8{255, 128, 0, 255}) ||
		flat(p.Vertices[p.Indices[3]].Position, p.Vertices[p.Indices[4]].Position, p.Vertices[p.Indices[5]].Position) != (mgl32.Vec3{0, 0, -1}) {
		t.Errorf("double-sided: %+v", p)
	}
	m.Transform(ZUp)
	if n := cofactors(m.Parts[0].Place).Mul3x1(mgl32.Vec3{0, 0, 1}); n != (mgl32.Vec3{0, 1, 0}) {
		t.Errorf("z up is %v", n)
	}
	// A picture of two halves, red and blue; the corners are at its left, right and left edge.
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		img.SetNRGBA(i%8, i/8, color.NRGBA{R: 255, A: 255})
		if i%8 >= 4 {
			img.SetNRGBA(i%8, i/8, color.NRGBA{B: 255, A: 255})
		}
	}
	var picture, uv bytes.Buffer
	ok(t, png.Encode(&picture, img))
	binary.Write(&uv, binary.LittleEndian, []float32{0.1, 0.5, 0.9, 0.5, -0.9, 0.5})
	m = load(func(g map[string]any) {
		prim := in(g, "meshes", 0, "primitives", 0)
		prim["material"] = 0
		in(prim, "attributes")["TEXCOORD_0"] = 2
		g["materials"] = []any{map[string]any{"pbrMetallicRoughness": map[string]any{"baseColorTexture": map[string]any{"index": 0}}}}
		g["textures"] = []any{map[string]any{"source": 0}}
		g["images"] = []any{map[string]any{"uri": "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.Bytes())}}
		g["accessors"] = append(g["accessors"].([]any), map[string]any{"bufferView": 2, "componentType": 5126, "count": 3, "type": "VEC2"})
		g["bufferViews"] = append(g["bufferViews"].([]any), map[string]any{"buffer": 1, "byteLength": 24})
		g["buffers"] = append(g["buffers"].([]any), map[string]any{"byteLength": 24, "uri": "data:;base64," + base64.StdEncoding.EncodeToString(uv.Bytes())})
	})
	red, blue := render.RGBA8{255, 0, 0, 255}, render.RGBA8{0, 0, 255, 255}
	if v := m.Parts[0].Vertices; v[0].Color != red || v[1].Color != blue || v[2].Color != red {
		t.Errorf("corners of a texture are %v %v %v", v[0].Color, v[1].Color, v[2].Color)
	}
	// A hundred nodes that show one mesh share its vertices.
	m = load(func(g map[string]any) {
		var all []int
		for i := range 100 {
			g["nodes"] = append(g["nodes"].([]any), map[string]any{"mesh": 0})
			all = append(all, i+1)
		}
		in(g, "scenes", 0)["nodes"] = all
	})
	if len(m.Parts) != 100 || &m.Parts[0].Vertices[0] != &m.Parts[99].Vertices[0] {
		t.Errorf("%d parts, or vertices of their own", len(m.Parts))
	}
}

// Polygons of any shape become triangles of the same area, all of the same direction.
func TestTriangulate(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 4 + rng.IntN(40)
		turn := mgl32.HomogRotate3D(rng.Float32()*3, mgl32.Vec3{rng.Float32(), rng.Float32(), rng.Float32() + 0.1}.Normalize()).Mat3()
		p, sum := make([]mgl32.Vec3, n), float32(0)
		for i := range p { // a star: any radius at a growing angle
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			r := 0.2 + rng.Float32()
			p[i] = mgl32.Vec3{r * float32(c), r * float32(s), 0}
		}
		for i := range p {
			sum += p[i].Cross(p[(i+1)%n])[2]
		}
		for i := range p {
			p[i] = turn.Mul3x1(p[i])
		}
		up, got, count := turn.Col(2), float32(0), 0
		ok(t, triangulate(p, func(a, b, c int) {
			one := area(p[a], p[b], p[c]).Dot(up)
			if one < -1e-5 {
				t.Errorf("a triangle of area %v", one)
			}
			got, count = got+one, count+1
		}))
		if count != n-2 || math.Abs(float64(got-sum)) > 1e-4 {
			t.Fatalf("%d corners: %d triangles of area %v, want %d of %v", n, count, got, n-2, sum)
		}
	}
	big := make([]mgl32.Vec3, mostConcave+1)
	for i := range big {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(len(big)))
		big[i] = mgl32.Vec3{float32(c), float32(s), 0}.Mul(1 + float32(i%2))
	}
	if err := triangulate(big, func(a, b, c int) {}); err == nil {
		t.Error("a star of too many corners")
	}
}

// Without normals, a cube stays sharp and a ball becomes smooth.
func TestSmooth(t *testing.T) {
	t.Parallel()
	m, err := Load("testdata/cube_binary.ply")
	ok(t, err)
	for _, v := range m.Parts[0].Vertices {
		if n := v.Normal; max(n[0]*n[0], n[1]*n[1], n[2]*n[2]) < 0.999 {
			t.Errorf("a cube has the normal %v", n)
		}
	}
	m, err = Read(bytes.NewReader(ballOBJ(24, 12)), OBJ)
	ok(t, err)
	for _, v := range m.Parts[0].Vertices {
		if v.Normal.Dot(v.Position.Normalize()) < 0.99 {
			t.Errorf("a ball has the normal %v at %v", v.Normal, v.Position)
		}
	}
	flatBall, err := Read(strings.NewReader("s off\n"+string(ballOBJ(24, 12))), OBJ)
	ok(t, err)
	if a, b := len(flatBall.Parts[0].Vertices), len(m.Parts[0].Vertices); a < 2*b {
		t.Errorf("%d vertices with sharp edges, %d with smooth ones", a, b)
	}
}

// ballOBJ is a ball of quads and triangles, without normals.
func ballOBJ(segments, rings int) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, "v 0 1 0")
	for r := 1; r < rings; r++ {
		for s := range segments {
			ps, pc := math.Sincos(math.Pi * float64(r) / float64(rings))
			ts, tc := math.Sincos(2 * math.Pi * float64(s) / float64(segments))
			fmt.Fprintln(&b, "v", ps*ts, pc, ps*tc)
		}
	}
	fmt.Fprintln(&b, "v 0 -1 0")
	at := func(r, s int) int {
		switch r {
		case 0:
			return 1
		case rings:
			return 2 + (rings-1)*segments
		}
		return 2 + (r-1)*segments + s%segments
	}
	for r := range rings {
		for s := range segments {
			switch r {
			case 0:
				fmt.Fprintln(&b, "f", at(r, s), at(r+1, s), at(r+1, s+1))
			case rings - 1:
				fmt.Fprintln(&b, "f", at(r, s), at(r+1, s), at(r, s+1))
			default:
				fmt.Fprintf(&b, "f %d/ %d// %d %d\n", at(r, s), at(r+1, s), at(r+1, s+1), at(r, s+1))
			}
		}
	}
	return b.Bytes()
}

// The fuzz tests: no file ends the process, or becomes a part that render refuses. Fuzz a format by
//
//	go test -vet=off -run '^$' -fuzz FuzzGLB ./render/meshfile
func FuzzGLB(f *testing.F) {
	f.Add(document(func(g map[string]any) {
		in(g, "meshes", 0, "primitives", 0)["mode"] = 5
		in(g, "nodes", 0)["matrix"] = mgl32.Ident4()
	}))
	fuzz(f, GLB, "testdata/*.gl*")
}

func FuzzOBJ(f *testing.F) {
	f.Add(ballOBJ(4, 3))
	fuzz(f, OBJ, "testdata/*.obj")
}

func FuzzPLY(f *testing.F) {
	f.Add([]byte(plyHead + "0 0 0 1 0 0 0 1 0\n3 0 1 2\n"))
	fuzz(f, PLY, "testdata/*.ply")
}

func FuzzSTL(f *testing.F) {
	f.Add(binarySTL(1, [3]mgl32.Vec3{{}, {1}, {0, 1}}))
	fuzz(f, STL, "testdata/*.stl")
}

// fuzz reads files of a format, and begins with those of pattern.
func fuzz(f *testing.F, format Format, pattern string) {
	paths, err := filepath.Glob(pattern)
	ok(f, err)
	if len(paths) == 0 {
		f.Fatalf("no file is called %s", pattern)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		ok(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data), format)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "meshfile: ") {
				t.Errorf("the error %q does not name the package", err)
			}
			return
		}
		for i := range m.Parts {
			whole(t, &m.Parts[i])
		}
	})
}

// BenchmarkRead reads a ball of 100,000 triangles in each format. The baselines are what a program would do without
// this package: encoding/binary for STL, fmt.Sscan for OBJ; neither joins equal corners or makes normals.
func BenchmarkRead(b *testing.B) {
	obj := ballOBJ(400, 126)
	m, err := Read(bytes.NewReader(obj), OBJ)
	ok(b, err)
	var triangles [][3]mgl32.Vec3
	p := &m.Parts[0]
	for t := 0; t < len(p.Indices); t += 3 {
		triangles = append(triangles, [3]mgl32.Vec3{p.Vertices[p.Indices[t]].Position, p.Vertices[p.Indices[t+1]].Position, p.Vertices[p.Indices[t+2]].Position})
	}
	stl := binarySTL(uint32(len(triangles)), triangles...)
	for _, c := range []struct {
		format Format
		data   []byte
	}{{STL, stl}, {OBJ, obj}, {PLY, plyOf(p)}, {GLB, glbOf(p)}} {
		b.Run(string(c.format), func(b *testing.B) {
			b.SetBytes(int64(len(c.data)))
			for b.Loop() {
				_, err := Read(bytes.NewReader(c.data), c.format)
				ok(b, err)
			}
		})
	}
	b.Run("stl/baseline", func(b *testing.B) {
		b.SetBytes(int64(len(stl)))
		for b.Loop() {
			type record struct {
				N, A, B, C [3]float32
				_          uint16
			}
			all := make([]record, len(triangles))
			ok(b, binary.Read(bytes.NewReader(stl[84:]), binary.LittleEndian, all))
		}
	})
	b.Run("obj/baseline", func(b *testing.B) {
		b.SetBytes(int64(len(obj)))
		for b.Loop() {
			for line := range bytes.Lines(obj) {
				if line[0] == 'v' {
					var x, y, z float32
					fmt.Sscan(string(line[2:]), &x, &y, &z)
				}
			}
		}
	})
}

func plyOf(p *Part) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "ply\nformat binary_little_endian 1.0\nelement vertex %d\nproperty float x\nproperty float y\nproperty float z\n"+
		"element face %d\nproperty list uchar int vertex_indices\nend_header\n", len(p.Vertices), len(p.Indices)/3)
	for _, v := range p.Vertices {
		binary.Write(&b, binary.LittleEndian, v.Position)
	}
	for t := 0; t < len(p.Indices); t += 3 {
		b.WriteByte(3)
		binary.Write(&b, binary.LittleEndian, p.Indices[t:t+3])
	}
	return b.Bytes()
}

func glbOf(p *Part) []byte {
	var bin bytes.Buffer
	for _, v := range p.Vertices {
		binary.Write(&bin, binary.LittleEndian, v.Position)
		binary.Write(&bin, binary.LittleEndian, v.Normal)
	}
	at := bin.Len()
	binary.Write(&bin, binary.LittleEndian, p.Indices)
	text := document(func(g map[string]any) {
		g["buffers"] = []any{map[string]any{"byteLength": bin.Len()}}
		g["bufferViews"] = []any{map[string]any{"buffer": 0, "byteLength": at, "byteStride": 24}, map[string]any{"buffer": 0, "byteOffset": at, "byteLength": bin.Len() - at}}
		g["accessors"] = []any{
			map[string]any{"bufferView": 0, "componentType": 5126, "count": len(p.Vertices), "type": "VEC3"},
			map[string]any{"bufferView": 1, "componentType": 5125, "count": len(p.Indices), "type": "SCALAR"},
			map[string]any{"bufferView": 0, "byteOffset": 12, "componentType": 5126, "count": len(p.Vertices), "type": "VEC3"},
		}
		in(g, "meshes", 0, "primitives", 0, "attributes")["NORMAL"] = 2
	})
	for len(text)%4 != 0 {
		text = append(text, ' ')
	}
	var b bytes.Buffer
	b.WriteString("glTF")
	binary.Write(&b, binary.LittleEndian, []uint32{2, uint32(12 + 8 + len(text) + 8 + bin.Len()), uint32(len(text)), glbJSON})
	b.Write(text)
	binary.Write(&b, binary.LittleEndian, []uint32{uint32(bin.Len()), glbBIN})
	b.Write(bin.Bytes())
	return b.Bytes()
}
