package meshfile

import (
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// A Model is what a file holds. It belongs to one goroutine at a time.
type Model struct {
	Parts []Part // one at least, in the order of the file
}

// A Part is a mesh with a place in the model: a node of glTF, a solid of STL, an object or a group of OBJ, or the
// whole of a PLY file. Nodes that show the same mesh share Vertices and Indices.
type Part struct {
	Name     string
	Place    mgl32.Mat4 // turns the part's coordinates into the model's
	Vertices []render.Vertex
	Indices  []uint32 // three for each triangle, counter-clockwise seen from outside
}

// ZUp turns coordinates with z up, as robots and most CAD programs have them, into those of package render, with y up.
var ZUp = mgl32.Mat4{1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1}

// Limits of a model. A buffer of WebGPU has 256 MiB at most.
const (
	maxVertices = 9_000_000
	maxIndices  = 60_000_000
)

// Transform applies a matrix to all parts, after their own. For a file in millimetres it is mgl32.Scale3D(1e-3, 1e-3,
// 1e-3). It changes each part's Place, and no vertex.
func (m *Model) Transform(by mgl32.Mat4) {
	for i := range m.Parts {
		m.Parts[i].Place = by.Mul4(m.Parts[i].Place)
	}
}

// Bounds returns the corners of the box around the model.
func (m *Model) Bounds() (lo, hi mgl32.Vec3) {
	inf := float32(math.Inf(1))
	lo, hi = mgl32.Vec3{inf, inf, inf}, mgl32.Vec3{-inf, -inf, -inf}
	for i := range m.Parts {
		p := &m.Parts[i]
		for _, v := range p.Vertices {
			for k, x := range p.Place.Mul4x1(v.Position.Vec4(1)).Vec3() {
				lo[k], hi[k] = min(lo[k], x), max(hi[k], x)
			}
		}
	}
	return lo, hi
}

// Mesh makes one mesh of all parts, each at its place. Call it on the render goroutine.
func (m *Model) Mesh(d *render.Device) (*render.Mesh, error) {
	var vertices []render.Vertex
	var indices []uint32
	for i := range m.Parts {
		p := &m.Parts[i]
		if len(vertices)+len(p.Vertices) > maxVertices || len(indices)+len(p.Indices) > maxIndices {
			return nil, fmt.Errorf("meshfile: the parts together have more than %d vertices or %d indices: make a mesh of each part", maxVertices, maxIndices)
		}
		first := uint32(len(vertices))
		normals := cofactors(p.Place)
		for _, v := range p.Vertices {
			v.Position = p.Place.Mul4x1(v.Position.Vec4(1)).Vec3()
			v.Normal = unit(normals.Mul3x1(v.Normal))
			vertices = append(vertices, v)
		}
		b, c := 1, 2
		if p.Place.Mat3().Det() < 0 { // a mirror turns triangles round
			b, c = 2, 1
		}
		for t := 0; t < len(p.Indices); t += 3 {
			indices = append(indices, first+p.Indices[t], first+p.Indices[t+b], first+p.Indices[t+c])
		}
	}
	return render.NewMesh(d, vertices, indices)
}

// cofactors returns the matrix that turns normals as m turns points. Only the directions of its results mean
// something.
func cofactors(m mgl32.Mat4) mgl32.Mat3 {
	a, b, c := m.Col(0).Vec3(), m.Col(1).Vec3(), m.Col(2).Vec3()
	n := mgl32.Mat3FromCols(b.Cross(c), c.Cross(a), a.Cross(b))
	if a.Cross(b).Dot(c) < 0 {
		n = n.Mul(-1)
	}
	return n
}

// unit returns v at length 1, in float64 because its square may not fit a float32. It is the zero vector if v is zero
// or not finite.
func unit(v mgl32.Vec3) mgl32.Vec3 {
	x, y, z := float64(v[0]), float64(v[1]), float64(v[2])
	n := math.Sqrt(x*x + y*y + z*z)
	if !(n > 0 && n <= math.MaxFloat64) {
		return mgl32.Vec3{}
	}
	return mgl32.Vec3{float32(x / n), float32(y / n), float32(z / n)}
}

func finite(numbers ...float32) bool {
	for _, n := range numbers {
		if n-n != 0 {
			return false
		}
	}
	return true
}

// finish checks a part, and mends what files leave out: normals that are missing become those of a triangle.
func (p *Part) finish() error {
	if !finite(p.Place[:]...) {
		return fmt.Errorf("the place of part %q is not finite", p.Name)
	}
	for i := range p.Vertices {
		v := &p.Vertices[i]
		if !finite(v.Position[:]...) {
			return fmt.Errorf("vertex %d of part %q is at %v, which is not finite", i, p.Name, v.Position)
		}
		v.Normal = unit(v.Normal)
		if v.Color == (render.RGBA8{}) {
			v.Color = render.RGBA8{255, 255, 255}
		}
		v.Color[3] = 255
	}
	for t := 0; t < len(p.Indices); t += 3 {
		corners := p.Indices[t : t+3]
		for _, i := range corners {
			if v := &p.Vertices[i]; v.Normal == (mgl32.Vec3{}) {
				v.Normal = flat(p.Vertices[corners[0]].Position, p.Vertices[corners[1]].Position, p.Vertices[corners[2]].Position)
			}
		}
	}
	for i := range p.Vertices {
		if v := &p.Vertices[i]; v.Normal == (mgl32.Vec3{}) { // of no triangle, or of one without area
			v.Normal = mgl32.Vec3{0, 1, 0}
		}
	}
	return nil
}

// flat returns the normal of a triangle, or the zero vector if it has no area.
func flat(a, b, c mgl32.Vec3) mgl32.Vec3 { return unit(area(a, b, c)) }

// area returns the normal of a triangle, twice its area long.
func area(a, b, c mgl32.Vec3) mgl32.Vec3 { return b.Sub(a).Cross(c.Sub(a)) }
