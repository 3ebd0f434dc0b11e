package convert

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/go-gl/mathgl/mgl64"
	"google.golang.org/protobuf/encoding/protowire"
)

// The append functions write the fields of a message, by their numbers in messages. Fields that are zero are left out,
// as proto3 says.

// nested appends a message as field n. body appends its fields.
func nested(b []byte, n protowire.Number, body func([]byte) []byte) []byte {
	b = protowire.AppendTag(b, n, protowire.BytesType)
	start := len(b)
	b = body(append(b, 0)) // a length below 128 has one byte
	if size := len(b) - start - 1; size < 128 {
		b[start] = byte(size)
	} else {
		more := protowire.SizeVarint(uint64(size)) - 1
		b = append(b, make([]byte, more)...)
		copy(b[start+1+more:], b[start+1:start+1+size])
		protowire.AppendVarint(b[:start], uint64(size))
	}
	return b
}

func text(b []byte, n protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, n, protowire.BytesType), s)
}

func whole(b []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
}

func fixed(b []byte, n protowire.Number, v uint32) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendFixed32(protowire.AppendTag(b, n, protowire.Fixed32Type), v)
}

func double(b []byte, n protowire.Number, v float64) []byte {
	if math.Float64bits(v) == 0 { // -0 is a value of its own
		return b
	}
	return protowire.AppendFixed64(protowire.AppendTag(b, n, protowire.Fixed64Type), math.Float64bits(v))
}

// doubles appends a message as field n whose fields, from 1 on, are v: a Vector3, a Point3, a Quaternion or a Color.
func doubles(b []byte, n protowire.Number, v ...float64) []byte {
	return nested(b, n, func(b []byte) []byte {
		for i, x := range v {
			b = double(b, protowire.Number(i+1), x)
		}
		return b
	})
}

func timestamp(b []byte, n protowire.Number, t time.Duration) []byte {
	return nested(b, n, func(b []byte) []byte {
		return whole(whole(b, 1, uint64(t/time.Second)), 2, uint64(t%time.Second))
	})
}

func (p *pose) append(b []byte, n protowire.Number) []byte {
	return nested(b, n, func(b []byte) []byte {
		b = doubles(b, 1, p.place[:]...)
		return doubles(b, 2, p.turn.V[0], p.turn.V[1], p.turn.V[2], p.turn.W)
	})
}

// still is the pose of what is where its frame is.
var still = pose{turn: mgl64.QuatIdent()}

// transform appends a FrameTransforms: the frame of that name, in the frame world.
func transform(b []byte, t time.Duration, name string, zUp bool) []byte {
	return nested(b, 1, func(b []byte) []byte {
		b = text(text(timestamp(b, 1, t), 2, world), 3, name)
		b = doubles(b, 4, 0, 0, 0)
		if zUp {
			return doubles(b, 5, 0, 0, 0, 1)
		}
		return doubles(b, 5, math.Sqrt2/2, 0, 0, math.Sqrt2/2) // a quarter turn around x: y becomes z
	})
}

// entity appends a SceneUpdate with one entity, which takes the place of the one before.
func entity(b []byte, t time.Duration, name string, primitives func([]byte) []byte) []byte {
	return nested(b, 2, func(b []byte) []byte {
		b = text(text(timestamp(b, 1, t), 2, name), 3, name)
		b = whole(b, 5, 1) // it moves with its frame
		return primitives(b)
	})
}

// deletion appends a SceneUpdate without the entity of that name.
func deletion(b []byte, t time.Duration, name string) []byte {
	return nested(b, 1, func(b []byte) []byte { return text(timestamp(b, 1, t), 3, name) })
}

// solids appends the cubes and the balls of an entity.
func solids(b []byte, bodies []body) []byte {
	for _, field := range []protowire.Number{cubesField, spheresField} {
		for i := range bodies {
			s := &bodies[i]
			if s.ball != (field == spheresField) {
				continue
			}
			b = nested(b, field, func(b []byte) []byte {
				b = s.pose.append(b, 1)
				b = doubles(b, 2, s.size[:]...)
				return doubles(b, 3, s.color[:]...)
			})
		}
	}
	return b
}

// Fields of a SceneEntity.
const (
	cubesField   = 8
	spheresField = 9
	linesField   = 11
)

// poses appends a PosesInFrame.
func poses(b []byte, t time.Duration, name string, bodies []body) []byte {
	b = text(timestamp(b, 1, t), 2, name)
	for i := range bodies {
		b = bodies[i].pose.append(b, 3)
	}
	return b
}

// strokes appends the lines of an entity: a LinePrimitive for each width. It sorts the lines by width.
func strokes(b []byte, lines []line) []byte {
	slices.SortStableFunc(lines, func(x, y line) int {
		return cmp.Or(cmp.Compare(x.width, y.width), cmp.Compare(x.pixels, y.pixels))
	})
	for len(lines) > 0 {
		first, n := lines[0], 1
		for n < len(lines) && lines[n].width == first.width && lines[n].pixels == first.pixels {
			n++
		}
		b = nested(b, linesField, func(b []byte) []byte {
			b = still.append(whole(b, 1, lineList), 2)
			if first.width > 0 {
				b = double(b, 3, first.width)
			} else {
				b = whole(double(b, 3, first.pixels), 4, 1)
			}
			for _, l := range lines[:n] {
				b = doubles(doubles(b, 5, l.a[:]...), 5, l.b[:]...)
			}
			for _, l := range lines[:n] {
				b = doubles(doubles(b, 7, l.colorA[:]...), 7, l.colorB[:]...)
			}
			return b
		})
		lines = lines[n:]
	}
	return b
}

// cloud appends a PointCloud.
func cloud(b []byte, t time.Duration, name string, points []point) []byte {
	b = text(timestamp(b, 1, t), 2, name)
	b = still.append(b, 3)
	b = fixed(b, 4, pointBytes)
	for i, name := range []string{"x", "y", "z", "red", "green", "blue", "alpha"} {
		b = nested(b, 5, func(b []byte) []byte {
			b = text(b, 1, name)
			if i < 3 {
				return whole(fixed(b, 2, uint32(4*i)), 3, float32s)
			}
			return whole(fixed(b, 2, uint32(12+i-3)), 3, uint8s)
		})
	}
	b = protowire.AppendVarint(protowire.AppendTag(b, 6, protowire.BytesType), uint64(pointBytes*len(points)))
	for i := range points {
		for _, x := range points[i].place {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		b = append(b, points[i].color[:]...)
	}
	return b
}

const pointBytes = 3*4 + 4
