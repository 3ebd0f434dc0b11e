//go:build !js

package view

import (
	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render/meshfile"
)

// readMesh reads all parts of a file, each at its place.
func readMesh(name string) (t triangles, err error) {
	model, err := meshfile.Load(name)
	if err != nil {
		return t, err
	}
	for _, p := range model.Parts {
		first := uint32(len(t.vertices))
		normal := p.Place.Mat3().Inv().Transpose()
		for _, v := range p.Vertices {
			v.Position = mgl32.TransformCoordinate(v.Position, p.Place)
			v.Normal = normal.Mul3x1(v.Normal)
			t.vertices = append(t.vertices, v)
		}
		mirrors := p.Place.Mat3().Det() < 0
		for i := 0; i+2 < len(p.Indices); i += 3 {
			a, b, c := first+p.Indices[i], first+p.Indices[i+1], first+p.Indices[i+2]
			if mirrors {
				b, c = c, b
			}
			t.indices = append(t.indices, a, b, c)
		}
	}
	return t, nil
}
