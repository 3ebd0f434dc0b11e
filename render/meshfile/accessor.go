package meshfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

type gltfBufferView struct {
	Buffer     int  `json:"buffer"`
	ByteOffset int  `json:"byteOffset"`
	ByteLength int  `json:"byteLength"`
	ByteStride *int `json:"byteStride"`
}

type gltfAccessor struct {
	BufferView    *int   `json:"bufferView"`
	ByteOffset    int    `json:"byteOffset"`
	ComponentType int    `json:"componentType"`
	Normalized    bool   `json:"normalized"`
	Count         int    `json:"count"`
	Type          string `json:"type"`
	Sparse        *struct {
		Count   int `json:"count"`
		Indices struct {
			BufferView    int `json:"bufferView"`
			ByteOffset    int `json:"byteOffset"`
			ComponentType int `json:"componentType"`
		} `json:"indices"`
		Values struct {
			BufferView int `json:"bufferView"`
			ByteOffset int `json:"byteOffset"`
		} `json:"values"`
	} `json:"sparse"`
}

var gltfWidths = map[string]int{"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}

// Types of components.
const (
	gltfByte          = 5120
	gltfUnsignedByte  = 5121
	gltfShort         = 5122
	gltfUnsignedShort = 5123
	gltfUnsignedInt   = 5125
	gltfFloat         = 5126
)

var gltfSizes = map[int]int{gltfByte: 1, gltfUnsignedByte: 1, gltfShort: 2, gltfUnsignedShort: 2, gltfUnsignedInt: 4, gltfFloat: 4}

// view returns the bytes of a buffer view, and its stride or 0.
func (g *gltf) view(i int) (data []byte, stride int, err error) {
	if i < 0 || i >= len(g.BufferViews) {
		return nil, 0, fmt.Errorf("there is no buffer view %d", i)
	}
	v := &g.BufferViews[i]
	b, err := g.buffer(v.Buffer)
	if err != nil {
		return nil, 0, err
	}
	if v.ByteOffset < 0 || v.ByteLength < 0 || v.ByteOffset > len(b) || v.ByteLength > len(b)-v.ByteOffset {
		return nil, 0, fmt.Errorf("buffer view %d reaches beyond the %d bytes of its buffer", i, len(b))
	}
	if v.ByteStride != nil {
		if stride = *v.ByteStride; stride < 4 || stride > 252 {
			return nil, 0, fmt.Errorf("buffer view %d has a stride of %d: it must be 4 to 252", i, stride)
		}
	}
	return b[v.ByteOffset:][:v.ByteLength], stride, nil
}

// elements returns the bytes from an element of count on, and the stride. All elements are there.
func (g *gltf) elements(view, offset, count, size int) (data []byte, stride int, err error) {
	data, stride, err = g.view(view)
	if err != nil {
		return nil, 0, err
	}
	if stride == 0 {
		stride = size
	}
	if offset < 0 || count < 0 || offset > len(data) || count > 0 && (len(data)-offset < size || (len(data)-offset-size)/stride < count-1) {
		return nil, 0, fmt.Errorf("%d elements of %d bytes reach beyond buffer view %d", count, size, view)
	}
	return data[offset:], stride, nil
}

// accessor returns an accessor of a width, and the size of an element.
func (g *gltf) accessor(i, width int) (a *gltfAccessor, size int, err error) {
	if i < 0 || i >= len(g.Accessors) {
		return nil, 0, fmt.Errorf("there is no accessor %d", i)
	}
	a = &g.Accessors[i]
	size = gltfSizes[a.ComponentType] * width
	if size == 0 || gltfWidths[a.Type] != width {
		return nil, 0, fmt.Errorf("accessor %d has type %q of %d: it must have %d components", i, a.Type, a.ComponentType, width)
	}
	if a.BufferView == nil {
		return nil, 0, fmt.Errorf("accessor %d has no buffer view", i)
	}
	return a, size, nil
}

// floats returns the values of an accessor, width for each element.
func (g *gltf) floats(i, width int) ([]float32, error) {
	a, size, err := g.accessor(i, width)
	if err != nil {
		return nil, err
	}
	data, stride, err := g.elements(*a.BufferView, a.ByteOffset, a.Count, size)
	if err != nil {
		return nil, fmt.Errorf("accessor %d: %w", i, err)
	}
	values := make([]float32, 0, a.Count*width)
	for n := range a.Count {
		for c := range width {
			values = append(values, a.float(data[n*stride+c*size/width:]))
		}
	}
	if s := a.Sparse; s != nil {
		indexSize := gltfSizes[s.Indices.ComponentType]
		if indexSize == 0 {
			return nil, fmt.Errorf("accessor %d: its sparse indices have the type %d", i, s.Indices.ComponentType)
		}
		at, atStride, err := g.elements(s.Indices.BufferView, s.Indices.ByteOffset, s.Count, indexSize)
		if err != nil {
			return nil, fmt.Errorf("accessor %d: %w", i, err)
		}
		data, stride, err := g.elements(s.Values.BufferView, s.Values.ByteOffset, s.Count, size)
		if err != nil {
			return nil, fmt.Errorf("accessor %d: %w", i, err)
		}
		for n := range s.Count {
			to := int64(unsigned(s.Indices.ComponentType, at[n*atStride:]))
			if to >= int64(a.Count) {
				return nil, fmt.Errorf("accessor %d: a sparse index is %d of %d elements", i, to, a.Count)
			}
			for c := range width {
				values[int(to)*width+c] = a.float(data[n*stride+c*size/width:])
			}
		}
	}
	return values, nil
}

// float returns a component as a number. A normalized one is -1 to 1.
func (a *gltfAccessor) float(b []byte) float32 {
	scale := func(v, most float32) float32 {
		if a.Normalized {
			return max(v/most, -1)
		}
		return v
	}
	switch a.ComponentType {
	case gltfByte:
		return scale(float32(int8(b[0])), math.MaxInt8)
	case gltfShort:
		return scale(float32(int16(binary.LittleEndian.Uint16(b))), math.MaxInt16)
	case gltfUnsignedByte:
		return scale(float32(b[0]), math.MaxUint8)
	case gltfUnsignedShort:
		return scale(float32(binary.LittleEndian.Uint16(b)), math.MaxUint16)
	case gltfFloat:
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
	return float32(binary.LittleEndian.Uint32(b))
}

func unsigned(kind int, b []byte) uint32 {
	switch kind {
	case gltfUnsignedByte:
		return uint32(b[0])
	case gltfUnsignedShort:
		return uint32(binary.LittleEndian.Uint16(b))
	}
	return binary.LittleEndian.Uint32(b)
}

// indices returns the values of an accessor of indices.
func (g *gltf) indices(i int) ([]uint32, error) {
	a, size, err := g.accessor(i, 1)
	if err != nil {
		return nil, err
	}
	if k := a.ComponentType; k != gltfUnsignedByte && k != gltfUnsignedShort && k != gltfUnsignedInt || a.Sparse != nil {
		return nil, errors.New("indices are unsigned, and not sparse")
	}
	data, stride, err := g.elements(*a.BufferView, a.ByteOffset, a.Count, size)
	if err != nil {
		return nil, fmt.Errorf("accessor %d: %w", i, err)
	}
	values := make([]uint32, 0, a.Count)
	for n := range a.Count {
		values = append(values, unsigned(a.ComponentType, data[n*stride:]))
	}
	return values, nil
}
