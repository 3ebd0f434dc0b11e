package framing

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/slotstream/slotstream/render"
)

// Bodies say what slots show. The zero value says nothing: each slot is a cube with a colour of the built-in palette.
type Bodies struct {
	Mesh   string         // a file, or "cube", "sphere" or "arrow"; empty: a cube
	Shapes []string       // more of these: slot i shows Shapes[Shape[i]]; nil: all slots show Mesh
	Shape  []uint8        // an index into Shapes for each slot; behind its end it begins again
	Colors []render.Color // of the slots; behind its end it begins again; nil: the built-in palette
	Names  []string       // of the slots, for people to read
	ZUp    bool           // z is up, and not y
	Unit   float64        // in metres; 0 is not given, and stands for 1
}

// The keys of Bodies.
const (
	meshKey   = "mesh"   // "sphere"
	shapesKey = "shapes" // ["cube", "arm.glb"]
	shapeKey  = "shape"  // [0, 1, 1]
	colorsKey = "colors" // "#e4572e", or a list of colours
	namesKey  = "names"  // ["torso", "head"]
	upKey     = "up"     // "y" or "z"
	unitKey   = "unit"   // 0.001: the numbers are millimetres
)

// ParseBodies reads metadata. A field stays zero if its text is missing or is not valid.
func ParseBodies(metadata map[string]string) (b Bodies) {
	read := func(key string, to any) bool { return json.Unmarshal([]byte(metadata[key]), to) == nil }
	read(meshKey, &b.Mesh)
	if !read(shapesKey, &b.Shapes) || len(b.Shapes) > maxShapes {
		b.Shapes = nil
	}
	var shape []int
	if len(b.Shapes) > 0 && read(shapeKey, &shape) {
		for _, s := range shape {
			if s < 0 || s >= len(b.Shapes) {
				b.Shape = nil
				break
			}
			b.Shape = append(b.Shape, uint8(s))
		}
	}
	for i := range b.Shapes {
		if len(shape) == 0 { // one after the other
			b.Shape = append(b.Shape, uint8(i))
		}
	}
	var colors []string
	if one := ""; read(colorsKey, &one) {
		colors = []string{one}
	} else {
		read(colorsKey, &colors)
	}
	for _, c := range colors {
		hex, err := strconv.ParseUint(strings.TrimPrefix(c, "#"), 16, 32)
		if err != nil || len(c) != 7 {
			b.Colors = nil
			break
		}
		b.Colors = append(b.Colors, render.RGB(uint32(hex)))
	}
	if !read(namesKey, &b.Names) {
		b.Names = nil
	}
	up := ""
	b.ZUp = read(upKey, &up) && up == "z"
	if !read(unitKey, &b.Unit) || !(b.Unit > 1e-12 && b.Unit < 1e12) || math.IsInf(b.Unit, 0) {
		b.Unit = 0
	}
	return b
}

const maxShapes = 256 // of a render.MeshSet
