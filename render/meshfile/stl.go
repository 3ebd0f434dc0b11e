package meshfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

const (
	stlHead   = 84 // bytes: a comment, and the number of triangles
	stlRecord = 50 // a normal, three corners, two bytes more
)

// readSTL reads text or binary STL. Many binary files begin with "solid", too: their length tells.
func readSTL(data []byte) ([]Part, error) {
	count := uint64(0)
	if len(data) >= stlHead {
		count = uint64(binary.LittleEndian.Uint32(data[80:]))
	}
	exact := len(data) >= stlHead && uint64(len(data)) == stlHead+stlRecord*count
	if !exact && bytes.HasPrefix(bytes.TrimSpace(data), []byte("solid")) {
		return readSTLText(data)
	}
	if len(data) < stlHead {
		return nil, fmt.Errorf("%d bytes are too few for binary STL, and text begins with \"solid\"", len(data))
	}
	if uint64(len(data)) < stlHead+stlRecord*count {
		return nil, fmt.Errorf("the file ends after %d of %d triangles", (len(data)-stlHead)/stlRecord, count)
	}
	var c corners
	for record := data[stlHead:]; count > 0; count, record = count-1, record[stlRecord:] {
		var p [3]mgl32.Vec3
		for i := range 9 {
			p[i/3][i%3] = math.Float32frombits(binary.LittleEndian.Uint32(record[12+4*i:]))
		}
		c = c.facet(p)
	}
	p, err := c.part("")
	return []Part{p}, err
}

// facet adds a triangle. The file's normal is not used: it is that of the corners, or wrong.
func (c corners) facet(p [3]mgl32.Vec3) corners {
	n := flat(p[0], p[1], p[2])
	if n == (mgl32.Vec3{}) && finite(p[0][:]...) && finite(p[1][:]...) && finite(p[2][:]...) {
		return c // it has no area
	}
	for _, place := range p {
		c = append(c, render.Vertex{Position: place, Normal: n})
	}
	return c
}

func readSTLText(data []byte) (parts []Part, err error) {
	var name string
	var c corners
	var p [3]mgl32.Vec3
	corner := 0
	end := func() error {
		if len(c) == 0 {
			return nil
		}
		part, err := c.part(name)
		parts, c = append(parts, part), nil
		return err
	}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		words := strings.Fields(string(line))
		if len(words) == 0 {
			continue
		}
		switch strings.ToLower(words[0]) {
		case "solid":
			if err := end(); err != nil {
				return nil, err
			}
			name = strings.Join(words[1:], " ")
		case "outer":
			corner = 0
		case "vertex":
			if len(words) < 4 || corner == 3 {
				return nil, fmt.Errorf("line %d: a facet has three vertices, of three numbers each", number)
			}
			v, err := numbers(words[1:], 3)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			p[corner] = mgl32.Vec3(v[:3])
			corner++
		case "endloop":
			if corner != 3 {
				return nil, fmt.Errorf("line %d: a facet with %d vertices: it must have three", number, corner)
			}
			c = c.facet(p)
			corner = 0
		case "facet", "endfacet", "endsolid":
		default:
			return nil, fmt.Errorf("line %d: %q is no word of STL", number, words[0])
		}
	}
	if corner != 0 {
		return nil, fmt.Errorf("the file ends within a facet")
	}
	return parts, end()
}
