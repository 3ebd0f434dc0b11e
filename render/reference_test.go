package render_test

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/render"
)

// A solid is one slot as the reference draws it: triangles in the world, in float64.
type solid struct {
	slot      int
	mirrored  bool // a mirrored cube is drawn from outside all the same: its triangles run the other way
	triangles [][3]corner
}

type corner struct{ place, normal mgl64.Vec3 }

// solidOf puts a mesh at m. Its last row divides it if it is 0 0 0 w; with another last row, or with a number that is
// not finite, it is nothing.
func solidOf(slot int, vertices []render.Vertex, indices []uint32, m mgl32.Mat4, cube bool) solid {
	s := solid{slot: slot}
	var w mgl64.Mat4
	for i, x := range m {
		if w[i] = float64(x); math.IsNaN(w[i]) || math.IsInf(w[i], 0) {
			return s
		}
	}
	if w[3] != 0 || w[7] != 0 || w[11] != 0 || w[15] == 0 {
		return s
	}
	w = w.Mul(1 / w[15])
	turn := w.Mat3()
	normals := mgl64.Mat3FromCols(turn.Col(1).Cross(turn.Col(2)), turn.Col(2).Cross(turn.Col(0)), turn.Col(0).Cross(turn.Col(1)))
	if s.mirrored = cube && turn.Det() < 0; s.mirrored {
		normals = normals.Mul(-1)
	}
	for t := 0; t < len(indices); t += 3 {
		var tri [3]corner
		for k, i := range indices[t : t+3] {
			v := vertices[i]
			n := wide(v.Normal)
			if !(n.Len() > 0 && n.Len() < math.Inf(1)) { // those of the face
				a, b, c := wide(vertices[indices[t]].Position), wide(vertices[indices[t+1]].Position), wide(vertices[indices[t+2]].Position)
				n = b.Sub(a).Cross(c.Sub(a))
			}
			tri[k] = corner{w.Mul4x1(wide(v.Position).Vec4(1)).Vec3(), normals.Mul3x1(n.Normalize()).Normalize()}
		}
		s.triangles = append(s.triangles, tri)
	}
	return s
}

// trace returns what a ray meets first, the distance, and the normal there. Triangles that face away are not there.
func trace(solids []solid, eye, direction mgl64.Vec3) (hit *solid, far float64, normal mgl64.Vec3) {
	far = math.Inf(1)
	for i := range solids {
		for _, t := range solids[i].triangles { // Möller and Trumbore, 1997
			a, b, from := t[1].place.Sub(t[0].place), t[2].place.Sub(t[0].place), eye.Sub(t[0].place)
			p := direction.Cross(b)
			det := a.Dot(p)
			if det == 0 || (det < 0) != solids[i].mirrored {
				continue
			}
			u, q := from.Dot(p)/det, from.Cross(a)
			v := direction.Dot(q) / det
			if away := b.Dot(q) / det; u >= 0 && v >= 0 && u+v <= 1 && away > 1e-6 && away < far {
				hit, far = &solids[i], away
				normal = t[0].normal.Mul(1 - u - v).Add(t[1].normal.Mul(u)).Add(t[2].normal.Mul(v)).Normalize()
			}
		}
	}
	return hit, far, normal
}

// A sight is what the reference sees at a pixel.
type sight struct {
	slot   int // -1: nothing
	place  mgl64.Vec3
	normal mgl64.Vec3
	lit    bool // the sun sees the place
	even   bool // the pixels around it see the same
}

// look traces a picture of width × height pixels. The pixels within around of an even one see the same.
func look(solids []solid, c render.Camera, width, height int, sun mgl64.Vec3, around int) []sight {
	seen := make([]sight, width*height)
	for i := range seen {
		x, y := (float32(i%width)+0.5)/float32(width)*2-1, 1-(float32(i/width)+0.5)/float32(height)*2
		eye, direction := c.Ray(x, y, float32(width)/float32(height))
		s := &seen[i]
		s.slot = -1
		if hit, far, normal := trace(solids, wide(eye), wide(direction)); hit != nil {
			s.slot, s.place, s.normal = hit.slot, wide(eye).Add(wide(direction).Mul(far)), normal
			shade, _, _ := trace(solids, s.place.Add(normal.Mul(1e-3)), sun)
			s.lit = shade == nil
		}
	}
	for i := range seen {
		s := &seen[i]
		s.even = true
		for y := max(0, i/width-around); y <= min(height-1, i/width+around); y++ {
			for x := max(0, i%width-around); x <= min(width-1, i%width+around); x++ {
				other := &seen[y*width+x]
				s.even = s.even && other.slot == s.slot && other.lit == s.lit && other.normal.Sub(s.normal).Len() < 0.3
			}
		}
	}
	return seen
}

func wide(v mgl32.Vec3) mgl64.Vec3 { return mgl64.Vec3{float64(v[0]), float64(v[1]), float64(v[2])} }
