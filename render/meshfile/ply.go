package meshfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// A plyElement is a kind of record that the head of the file describes (Turk, "The PLY Polygon File Format", 1994).
type plyElement struct {
	name       string
	count      uint64
	properties []plyProperty
}

type plyProperty struct {
	name  string
	kind  plyKind
	count plyKind // of the length in front of a list; "" for a single value
}

// A plyKind is a type of numbers, by the shorter of its two names.
type plyKind string

var plyKinds = map[string]plyKind{
	"char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
	"int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}

// full is what stands for a channel of 1.
func (k plyKind) full() float64 {
	switch k {
	case "u1":
		return math.MaxUint8
	case "u2":
		return math.MaxUint16
	}
	return 1
}

// plyValues reads the values behind the head.
type plyValues struct {
	order binary.ByteOrder // nil: text
	data  []byte
}

var errPLYEnd = errors.New("the file ends too soon")

func (r *plyValues) next(k plyKind) (float64, error) {
	if r.order == nil {
		r.data = bytes.TrimLeft(r.data, " \t\r\n\v\f")
		end := bytes.IndexAny(r.data, " \t\r\n\v\f")
		if end < 0 {
			end = len(r.data)
		}
		if end == 0 {
			return 0, errPLYEnd
		}
		word := string(r.data[:end])
		r.data = r.data[end:]
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return 0, fmt.Errorf("%.40q is not a number", word)
		}
		return v, nil
	}
	size := int(k[1] - '0')
	if len(r.data) < size {
		return 0, errPLYEnd
	}
	b := r.data[:size]
	r.data = r.data[size:]
	switch k {
	case "i1":
		return float64(int8(b[0])), nil
	case "u1":
		return float64(b[0]), nil
	case "i2":
		return float64(int16(r.order.Uint16(b))), nil
	case "u2":
		return float64(r.order.Uint16(b)), nil
	case "i4":
		return float64(int32(r.order.Uint32(b))), nil
	case "u4":
		return float64(r.order.Uint32(b)), nil
	case "f4":
		return float64(math.Float32frombits(r.order.Uint32(b))), nil
	}
	return math.Float64frombits(r.order.Uint64(b)), nil
}

// readPLYHead reads the head, and returns what is behind it.
func readPLYHead(data []byte) (elements []plyElement, r plyValues, err error) {
	r.data = data
	format := ""
	for number := 1; ; number++ {
		end := bytes.IndexByte(r.data, '\n')
		if end < 0 {
			return nil, r, errors.New("the head has no end_header")
		}
		line := string(r.data[:end])
		r.data = r.data[end+1:]
		words := strings.Fields(line)
		bad := func(why string) error {
			return fmt.Errorf("line %d of the head, %.60q: %s", number, strings.TrimSpace(line), why)
		}
		switch {
		case number == 1:
			if len(words) != 1 || words[0] != "ply" {
				return nil, r, errors.New("a PLY file begins with a line \"ply\"")
			}
		case len(words) == 0 || words[0] == "comment" || words[0] == "obj_info":
		case words[0] == "end_header":
			switch format {
			case "ascii":
			case "binary_little_endian":
				r.order = binary.LittleEndian
			case "binary_big_endian":
				r.order = binary.BigEndian
			default:
				return nil, r, fmt.Errorf("unknown format %q: it must be ascii, binary_little_endian or binary_big_endian", format)
			}
			return elements, r, nil
		case words[0] == "format" && len(words) >= 2:
			format = words[1]
		case words[0] == "element" && len(words) == 3:
			count, err := strconv.ParseUint(words[2], 10, 64)
			if err != nil {
				return nil, r, bad("the count is not a number")
			}
			elements = append(elements, plyElement{name: words[1], count: count})
		case words[0] == "property" && len(elements) > 0 && (len(words) == 3 || len(words) == 5 && words[1] == "list"):
			p := plyProperty{name: words[len(words)-1], kind: plyKinds[words[len(words)-2]]}
			if len(words) == 5 {
				if p.count = plyKinds[words[2]]; p.count == "" {
					return nil, r, bad("unknown type")
				}
			}
			if p.kind == "" {
				return nil, r, bad("unknown type")
			}
			last := &elements[len(elements)-1]
			last.properties = append(last.properties, p)
		default:
			return nil, r, bad("this is no statement of PLY")
		}
	}
}

// readPLY reads the vertices and faces. It skips other elements.
func readPLY(data []byte) ([]Part, error) {
	elements, r, err := readPLYHead(data)
	if err != nil {
		return nil, err
	}
	var vertices []render.Vertex
	var c corners
	var points []uint32
	for _, e := range elements {
		if len(e.properties) == 0 && e.count > 0 {
			return nil, fmt.Errorf("element %q has no properties", e.name)
		}
		if e.name == "tristrips" && e.count > 0 {
			return nil, errors.New("strips of triangles (tristrips) are not read: save the mesh with faces")
		}
		for range e.count {
			switch e.name {
			case "vertex":
				v, err := r.vertex(e.properties)
				if err != nil {
					return nil, fmt.Errorf("vertex %d: %w", len(vertices), err)
				}
				if len(vertices) == maxVertices {
					return nil, fmt.Errorf("more than %d vertices: simplify the mesh", maxVertices)
				}
				vertices = append(vertices, v)
			default:
				polygon, err := r.list(e.properties, e.name == "face")
				if err != nil {
					return nil, fmt.Errorf("an element %q: %w", e.name, err)
				}
				if c, points, err = addPolygon(c, points, vertices, polygon); err != nil {
					return nil, err
				}
			}
		}
	}
	c.smooth(points, len(vertices))
	p, err := c.part("")
	return []Part{p}, err
}

// addPolygon adds the triangles of a polygon of vertices.
func addPolygon(c corners, points []uint32, vertices []render.Vertex, polygon []uint32) (corners, []uint32, error) {
	if len(polygon) < 3 {
		return c, points, nil
	}
	places := make([]mgl32.Vec3, len(polygon))
	for i, v := range polygon {
		if int(v) >= len(vertices) {
			return c, points, fmt.Errorf("a face has vertex %d, but there are %d vertices", v, len(vertices))
		}
		places[i] = vertices[v].Position
	}
	err := triangulate(places, func(i, j, k int) {
		for _, corner := range [3]int{i, j, k} {
			c, points = append(c, vertices[polygon[corner]]), append(points, polygon[corner])
		}
	})
	if len(c) > maxIndices {
		return c, points, fmt.Errorf("more than %d triangles: simplify the mesh", maxIndices/3)
	}
	return c, points, err
}

func (r *plyValues) vertex(properties []plyProperty) (v render.Vertex, err error) {
	color := render.Color{1, 1, 1, 1}
	for _, p := range properties {
		if p.count != "" {
			if _, err := r.skip(p, false); err != nil {
				return v, err
			}
			continue
		}
		x, err := r.next(p.kind)
		if err != nil {
			return v, err
		}
		switch p.name {
		case "x", "y", "z":
			v.Position[p.name[0]-'x'] = float32(x)
		case "nx", "ny", "nz":
			v.Normal[p.name[1]-'x'] = float32(x)
		case "red", "diffuse_red", "r":
			color[0] = fromSRGB(x / p.kind.full())
		case "green", "diffuse_green", "g":
			color[1] = fromSRGB(x / p.kind.full())
		case "blue", "diffuse_blue", "b":
			color[2] = fromSRGB(x / p.kind.full())
		}
	}
	v.Color = render.Quantize(color)
	return v, nil
}

// list reads an element and returns its list of vertices, if it is a face.
func (r *plyValues) list(properties []plyProperty, face bool) (polygon []uint32, err error) {
	for _, p := range properties {
		if p.count == "" {
			if _, err := r.next(p.kind); err != nil {
				return nil, err
			}
			continue
		}
		values, err := r.skip(p, face && (p.name == "vertex_indices" || p.name == "vertex_index"))
		if err != nil {
			return nil, err
		}
		if values != nil {
			polygon = values
		}
	}
	return polygon, nil
}

// skip reads a list. It returns its values if they are kept.
func (r *plyValues) skip(p plyProperty, keep bool) (values []uint32, err error) {
	n, err := r.next(p.count)
	if err != nil {
		return nil, err
	}
	if !(n >= 0 && n <= float64(len(r.data))) { // each value has a byte at least
		return nil, fmt.Errorf("a list of %v values: %w", n, errPLYEnd)
	}
	for range int(n) {
		x, err := r.next(p.kind)
		if err != nil {
			return nil, err
		}
		if keep {
			if !(x >= 0 && x < math.MaxUint32) {
				return nil, fmt.Errorf("a face has vertex %v", x)
			}
			values = append(values, uint32(x))
		}
	}
	return values, nil
}
