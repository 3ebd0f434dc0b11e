package meshfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// An objFile is what has been read of an OBJ file.
type objFile struct {
	files     fs.FS
	places    []mgl32.Vec3
	colors    []render.Color // of the places; shorter where the last ones have none
	textures  []mgl32.Vec2
	normals   []mgl32.Vec3
	materials map[string]*material
	pictures  map[string]*texture

	parts    []Part
	name     string // of the part that is being read
	corners  corners
	points   []uint32 // the place of each corner
	material *material
	flat     bool // the file says that edges are sharp
}

// A material is what an MTL file says of a colour.
type material struct {
	color   render.Color
	texture *texture
}

// readOBJ reads an OBJ file, and the MTL files that it names ("Object Files (.obj)", Wavefront, 1995).
func readOBJ(data []byte, files fs.FS) ([]Part, error) {
	o := &objFile{files: files, materials: map[string]*material{}, pictures: map[string]*texture{}}
	err := eachStatement(data, o.statement)
	if err == nil {
		err = o.end()
	}
	return o.parts, err
}

// eachStatement calls do with the words of each line. A line that ends in a backslash goes on in the next one.
func eachStatement(data []byte, do func(words []string) error) error {
	var words []string
	first, number := 0, 0
	for line := range bytes.Lines(data) {
		number++
		if len(words) == 0 {
			first = number
		}
		line, _, _ = bytes.Cut(line, []byte("#"))
		line = bytes.TrimSpace(line)
		more := bytes.HasSuffix(line, []byte(`\`))
		words = append(words, strings.Fields(string(bytes.TrimSuffix(line, []byte(`\`))))...)
		if more || len(words) == 0 {
			continue
		}
		if err := do(words); err != nil {
			return fmt.Errorf("line %d: %w", first, err)
		}
		words = words[:0]
	}
	return nil
}

func (o *objFile) statement(words []string) (err error) {
	args := words[1:]
	switch words[0] {
	case "v":
		v, err := numbers(args, 3)
		if err != nil {
			return err
		}
		o.places = append(o.places, mgl32.Vec3(v[:3]))
		if len(args) >= 6 { // three more are its colour
			if v, err = numbers(args, 6); err != nil {
				return err
			}
			for len(o.colors) < len(o.places)-1 {
				o.colors = append(o.colors, render.Color{1, 1, 1, 1})
			}
			o.colors = append(o.colors, displayed(v[3:6]))
		}
	case "vt":
		v, err := numbers(args, 1)
		if err != nil {
			return err
		}
		uv := mgl32.Vec2{v[0], 0}
		if len(args) > 1 {
			if v, err = numbers(args, 2); err != nil {
				return err
			}
			uv[1] = v[1]
		}
		o.textures = append(o.textures, uv)
	case "vn":
		v, err := numbers(args, 3)
		if err != nil {
			return err
		}
		o.normals = append(o.normals, mgl32.Vec3(v[:3]))
	case "f", "fo":
		return o.face(args)
	case "o", "g":
		if err := o.end(); err != nil {
			return err
		}
		o.name = strings.Join(args, " ")
	case "s":
		o.flat = len(args) > 0 && (args[0] == "off" || args[0] == "0")
	case "usemtl":
		name := strings.Join(args, " ")
		if o.material = o.materials[name]; o.material == nil && len(o.materials) > 0 {
			return fmt.Errorf("no MTL file has the material %q", name)
		}
	case "mtllib":
		return o.library(strings.Join(args, " "))
	case "vp", "cstype", "deg", "bmat", "step", "curv", "curv2", "surf", "parm", "trim", "hole", "scrv", "sp", "end", "con":
		return fmt.Errorf("curves and curved surfaces (%s) are not read: save the mesh as polygons", words[0])
	case "p", "l", "mg", "bevel", "c_interp", "d_interp", "lod", "shadow_obj", "trace_obj", "maplib", "usemap", "ctech", "stech":
	default:
		return fmt.Errorf("%.40q is no statement of OBJ", words[0])
	}
	return nil
}

// numbers reads at least n numbers.
func numbers(words []string, n int) (v [6]float32, err error) {
	if len(words) < n {
		return v, fmt.Errorf("%d numbers: there must be %d", len(words), n)
	}
	for i := range n {
		x, err := strconv.ParseFloat(words[i], 32)
		if err != nil {
			return v, fmt.Errorf("%.40q is not a number", words[i])
		}
		v[i] = float32(x)
	}
	return v, nil
}

// displayed returns the linear colour of one that programs show as it is.
func displayed(v []float32) render.Color {
	return render.Color{fromSRGB(float64(v[0])), fromSRGB(float64(v[1])), fromSRGB(float64(v[2])), 1}
}

// face adds a polygon. Each corner is v, v/vt, v//vn or v/vt/vn, numbers from 1 on, or below 0 from the end.
func (o *objFile) face(words []string) error {
	polygon := make([]render.Vertex, 0, len(words))
	points := make([]uint32, 0, len(words))
	places := make([]mgl32.Vec3, 0, len(words))
	for _, word := range words {
		var at [3]int // indices, -1 for none
		for k, have := range [3]int{len(o.places), len(o.textures), len(o.normals)} {
			var text string
			text, word, _ = strings.Cut(word, "/")
			at[k] = -1
			if text == "" && k > 0 {
				continue
			}
			i, err := strconv.Atoi(text)
			if err != nil {
				return fmt.Errorf("a corner of a face, %.40q, is not a number", text)
			}
			if at[k] = i - 1; i < 0 {
				at[k] = have + i
			}
			if i == 0 || at[k] < 0 || at[k] >= have {
				return fmt.Errorf("a face uses %s %d, but there are %d so far", [3]string{"vertex", "texture coordinate", "normal"}[k], i, have)
			}
		}
		v := render.Vertex{Position: o.places[at[0]]}
		if at[2] >= 0 {
			v.Normal = unit(o.normals[at[2]])
		}
		v.Color = o.color(at[0], at[1])
		polygon, points, places = append(polygon, v), append(points, uint32(at[0])), append(places, v.Position)
	}
	if len(polygon) < 3 {
		return nil // it has no area
	}
	if len(o.corners)+3*len(polygon) > maxIndices {
		return fmt.Errorf("more than %d triangles: simplify the mesh", maxIndices/3)
	}
	return triangulate(places, func(a, b, c int) {
		normal := mgl32.Vec3{}
		if o.flat {
			normal = flat(places[a], places[b], places[c])
		}
		for _, i := range [3]int{a, b, c} {
			v := polygon[i]
			if v.Normal == (mgl32.Vec3{}) {
				v.Normal = normal
			}
			o.corners, o.points = append(o.corners, v), append(o.points, points[i])
		}
	})
}

// color returns the colour of a corner.
func (o *objFile) color(place, coordinate int) render.RGBA8 {
	c := render.Color{1, 1, 1, 1}
	if place < len(o.colors) {
		c = o.colors[place]
	}
	if m := o.material; m != nil {
		c = times(c, m.color)
		if m.texture != nil && coordinate >= 0 {
			uv := o.textures[coordinate]
			c = times(c, m.texture.at(uv[0], 1-uv[1]))
		}
	}
	return render.Quantize(c)
}

// end ends the part that is being read.
func (o *objFile) end() error {
	if len(o.corners) == 0 {
		return nil
	}
	// Number the places of this part from 0 on, so that the time does not depend on those of other parts.
	local, places := make(map[uint32]uint32), uint32(0)
	for i, p := range o.points {
		n, ok := local[p]
		if !ok {
			n = places
			local[p] = n
			places++
		}
		o.points[i] = n
	}
	o.corners.smooth(o.points, int(places))
	p, err := o.corners.part(o.name)
	o.parts, o.corners, o.points = append(o.parts, p), nil, nil
	return err
}

// library reads an MTL file.
func (o *objFile) library(name string) error {
	data, err := open(o.files, name)
	if err != nil {
		return fmt.Errorf("read the materials: %w (without the line mtllib, the mesh is white)", err)
	}
	var m *material
	err = eachStatement(data, func(words []string) error {
		args := words[1:]
		if words[0] == "newmtl" {
			m = &material{color: render.Color{1, 1, 1, 1}}
			o.materials[strings.Join(args, " ")] = m
			return nil
		}
		if m == nil {
			return errors.New("a material begins with newmtl")
		}
		switch words[0] {
		case "Kd":
			if len(args) > 0 && (args[0] == "spectral" || args[0] == "xyz") {
				return fmt.Errorf("a colour as %s is not read: give red, green and blue", args[0])
			}
			if len(args) == 1 {
				args = []string{args[0], args[0], args[0]} // a grey
			}
			v, err := numbers(args, 3)
			if err != nil {
				return err
			}
			m.color = displayed(v[:3])
		case "map_Kd":
			m.texture, err = o.picture(args)
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// picture reads the texture of a map_Kd.
func (o *objFile) picture(args []string) (*texture, error) {
	if len(args) == 0 {
		return nil, errors.New("a map_Kd names a file")
	}
	if strings.HasPrefix(args[0], "-") {
		return nil, fmt.Errorf("options of a texture (%s) are not read", args[0])
	}
	name := strings.Join(args, " ")
	if t := o.pictures[name]; t != nil {
		return t, nil
	}
	data, err := open(o.files, name)
	if err != nil {
		return nil, err
	}
	img, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t := &texture{image: img}
	o.pictures[name] = t
	return t, nil
}
