package convert_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/foxglove/mcap/go/mcap"
	"github.com/go-gl/mathgl/mgl32"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/slotview/internal/convert"
	"github.com/slotstream/slotstream/render"
)

var filesFor = flag.String("mcap", "", "a `folder` for the files that tests convert, with what they must hold: .ci/mcap reads them by another implementation")

// A message is what a file must hold, in the words of Foxglove's schemas.
type message struct {
	Topic  string  `json:"topic"`
	Time   int64   `json:"time"` // nanoseconds
	Frame  string  `json:"frame"`
	Cubes  []solid `json:"cubes,omitempty"`
	Balls  []solid `json:"balls,omitempty"`
	Lines  []lines `json:"lines,omitempty"`
	Poses  []solid `json:"poses,omitempty"`  // without sizes and colours
	Points []solid `json:"points,omitempty"` // without turns and sizes
	Gone   string  `json:"gone,omitempty"`   // the entity that is deleted
}

type solid struct {
	Place [3]float64 `json:"place"`
	Turn  [4]float64 `json:"turn"` // x, y, z, w
	Size  [3]float64 `json:"size"`
	Color [4]float64 `json:"color"`
}

type lines struct {
	Thickness float64      `json:"thickness"`
	Pixels    bool         `json:"pixels"`
	Points    [][3]float64 `json:"points"`
	Colors    [][4]float64 `json:"colors"`
}

// recorded writes moments of an arena of T to a file. Each moment fills the same slots.
func recorded[T any](t *testing.T, start time.Duration, meta map[string]string, moments [][]T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "in.mcap")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, err := arena.New(arena.Config[T]{})
	if err != nil {
		t.Fatal(err)
	}
	group := a.NewGroup()
	span, err := group.AllocSpan(len(moments[0]), *new(T))
	if err != nil {
		t.Fatal(err)
	}
	now := start
	r, err := record.NewRecorder(file, a, record.Config{Metadata: meta, Clock: func() time.Duration { return now }, Keyframe: 3 * interval, Chunk: 2 * interval})
	if err != nil {
		t.Fatal(err)
	}
	for n, slots := range moments {
		for i := range slots {
			span.Set(i, &slots[i])
		}
		group.Commit(arena.Tick{Number: uint64(n + 1), Time: now})
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		now += interval
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

const interval = 1250 * time.Millisecond

func numbers(rng *rand.Rand, n int, size float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(float32((rng.Float64() - 0.5) * size))
	}
	return v
}

// sample makes a body and what its parts are. Some turns are by half a turn, where matrices have no trace.
func sample(rng *rand.Rand, i int) (s solid, place mgl32.Vec3, turn mgl32.Quat, size mgl32.Vec3, color mgl32.Vec4) {
	s.Place = [3]float64(numbers(rng, 3, 200))
	q := numbers(rng, 4, 2)
	switch i % 8 {
	case 0:
		q = []float64{1, 0, 0, 0}
	case 1:
		q = []float64{0, 1, 0, 0}
	case 2:
		q = []float64{0, 0, 1, 0}
	case 3:
		q = []float64{0, 0, 0, 1}
	}
	l := math.Sqrt(q[0]*q[0] + q[1]*q[1] + q[2]*q[2] + q[3]*q[3])
	linear := [4]float64{rng.Float64(), rng.Float64() / 400, 1, 0.5}
	for k := range 4 {
		s.Turn[k] = q[k] / l
		color[k] = float32(linear[k])
		if s.Color[k] = linear[k]; k < 3 {
			s.Color[k] = encode(linear[k])
		}
	}
	for k := range 3 {
		s.Size[k] = 0.1 + rng.Float64()*3
		size[k], place[k] = float32(s.Size[k]), float32(s.Place[k])
	}
	turn = mgl32.Quat{W: float32(s.Turn[3]), V: mgl32.Vec3{float32(s.Turn[0]), float32(s.Turn[1]), float32(s.Turn[2])}}
	return s, place, turn, size, color
}

// encode is sRGB's transfer function (IEC 61966-2-1).
func encode(linear float64) float64 {
	if linear <= 0.0031308 {
		return 12.92 * linear
	}
	return 1.055*math.Pow(linear, 1/2.4) - 0.055
}

func matrix(place mgl32.Vec3, turn mgl32.Quat, size mgl32.Vec3) mgl32.Mat4 {
	return mgl32.Translate3D(place[0], place[1], place[2]).Mul4(turn.Mat4()).Mul4(mgl32.Scale3D(size[0], size[1], size[2]))
}

var amber = [4]float64{0xf4 / 255., 0xb9 / 255., 0x42 / 255., 1}

const (
	slotsOf = 40
	times   = 9
)

// shownBy makes moments of bodies by a function from a body's parts to a slot, and the messages to expect.
func shownBy[T any](start time.Duration, name string, ball bool, of func(s *solid, place mgl32.Vec3, turn mgl32.Quat, size mgl32.Vec3, color mgl32.Vec4) T) (moments [][]T, want []message) {
	rng := rand.New(rand.NewPCG(27, 3))
	for n := range times {
		slots := make([]T, slotsOf)
		at := int64(max(start, 0) + time.Duration(n)*interval)
		scene, poses := message{Topic: "/" + name + "/scene", Time: at, Frame: name}, message{Topic: "/" + name + "/poses", Time: at, Frame: name}
		for i := range slots {
			if i == 3 || i == 30 {
				continue
			}
			s, place, turn, size, color := sample(rng, i)
			slots[i] = of(&s, place, turn, size, color)
			if ball {
				scene.Balls = append(scene.Balls, s)
			} else {
				scene.Cubes = append(scene.Cubes, s)
			}
			poses.Poses = append(poses.Poses, solid{Place: s.Place, Turn: s.Turn})
		}
		moments, want = append(moments, slots), append(want, scene, poses)
	}
	return moments, want
}

// Every layout of slots that render draws comes out with its places, quaternions, sizes, colours and times.
func TestValues(t *testing.T) {
	t.Parallel()
	const start = 1700000000123456789
	t.Run("matrices", func(t *testing.T) {
		moments, want := shownBy(start, "in", false, func(s *solid, p mgl32.Vec3, q mgl32.Quat, size mgl32.Vec3, _ mgl32.Vec4) mgl32.Mat4 {
			s.Color = amber
			return matrix(p, q, size)
		})
		path, got := converted(t, recorded(t, start, nil, moments))
		check(t, path, got, start, false, want)
	})
	t.Run("balls", func(t *testing.T) { // and a clock that begins below zero, and an up axis
		moments, want := shownBy(-time.Hour, "in", true, func(_ *solid, p mgl32.Vec3, q mgl32.Quat, size mgl32.Vec3, c mgl32.Vec4) render.Instance {
			return render.Instance{Model: matrix(p, q, size), Color: c}
		})
		meta := map[string]string{"mesh": `"sphere"`, "up": `"z"`}
		path, got := converted(t, recorded(t, -time.Hour, meta, moments))
		check(t, path, got, 0, true, want)
	})
	t.Run("metadata", func(t *testing.T) { // millimetres, colours and shapes, which begin again
		moments, want := shownBy(0, "in", false, func(s *solid, p mgl32.Vec3, q mgl32.Quat, size mgl32.Vec3, _ mgl32.Vec4) mgl32.Mat4 {
			return matrix(p, q, size)
		})
		for n := range want {
			all := append(want[n].Cubes, want[n].Poses...)
			want[n].Cubes = nil
			for k := range all {
				slot := k
				for _, hidden := range []int{3, 30} {
					if slot >= hidden {
						slot++
					}
				}
				s := &all[k]
				for i := range 3 {
					s.Place[i], s.Size[i] = s.Place[i]*0.001, s.Size[i]*0.001
				}
				switch s.Color = [][4]float64{{1, 0, 0, 1}, {0, 0.2, 1, 1}}[slot%2]; {
				case n%2 == 1: // poses
					s.Size, s.Color = [3]float64{}, [4]float64{}
				case slot%3 == 1:
					want[n].Balls = append(want[n].Balls, *s)
				default:
					want[n].Cubes = append(want[n].Cubes, *s)
				}
			}
			if n%2 == 1 {
				want[n].Poses = all
			}
		}
		meta := map[string]string{"unit": "0.001", "colors": `["#ff0000", "#0033ff"]`, "shapes": `["cube", "sphere", "arm.glb"]`}
		path, got := converted(t, recorded(t, 0, meta, moments))
		check(t, path, got, 0, false, want)
	})
	t.Run("motions", func(t *testing.T) {
		moments, want := shownBy(0, "in", false, func(s *solid, p mgl32.Vec3, q mgl32.Quat, size mgl32.Vec3, _ mgl32.Vec4) render.Motion {
			s.Size, s.Color = [3]float64{s.Size[0], s.Size[0], s.Size[0]}, amber
			return render.Motion{From: mgl32.Vec3{-1, -2, -3}, Start: 99, FromTurn: mgl32.Quat{W: 0.6, V: mgl32.Vec3{0.8, 0, 0}}, To: p, Scale: size[0], ToTurn: q.Scale(3)}
		})
		path, got := converted(t, recorded(t, 0, nil, moments))
		check(t, path, got, 0, false, want)
	})
	t.Run("colours", func(t *testing.T) {
		moments, want := shownBy(0, "in", false, func(s *solid, p mgl32.Vec3, q mgl32.Quat, size mgl32.Vec3, c mgl32.Vec4) render.MotionInstance {
			s.Size = [3]float64{s.Size[0], s.Size[0], s.Size[0]}
			return render.MotionInstance{Motion: render.Still(p, q, size[0]), Color: c}
		})
		path, got := converted(t, recorded(t, 0, nil, moments))
		check(t, path, got, 0, false, want)
	})
	t.Run("lines", func(t *testing.T) {
		slots := make([]render.Line, slotsOf)
		inMetres, inPixels := lines{Thickness: 0.25}, lines{Thickness: 3, Pixels: true}
		for i := range slots {
			a, b := mgl32.Vec3{float32(i), 1, -2}, mgl32.Vec3{float32(i), 5, 0.5}
			slots[i] = render.Line{A: a, B: b, Pixels: 3, ColorA: render.RGBA8{255, 0, 51, 255}}
			to := &inPixels
			if i%4 == 1 {
				slots[i].Width, to = 0.25, &inMetres
			}
			if i == 2 {
				slots[i].B = a // without length
				continue
			}
			if i == 3 {
				slots[i] = render.Line{}
				continue
			}
			to.Points = append(to.Points, [3]float64{float64(i), 1, -2}, [3]float64{float64(i), 5, 0.5})
			to.Colors = append(to.Colors, [4]float64{1, 0, encode(0.2), 1}, [4]float64{1, 1, 1, 1})
		}
		path, got := converted(t, recorded(t, 0, nil, [][]render.Line{slots}))
		check(t, path, got, 0, false, []message{
			{Topic: "/in/scene", Frame: "in", Lines: []lines{inPixels, inMetres}}})
	})
	t.Run("points", func(t *testing.T) {
		slots, want := make([]render.Point, slotsOf), message{Topic: "/in/points", Frame: "in"}
		for i := range slots {
			if i == 30 {
				continue
			}
			slots[i] = render.Point{Center: mgl32.Vec3{float32(i) / 3, -7, 1e6}, Pixels: 2, Color: render.RGBA8{255, 51, 0, 128}}
			want.Points = append(want.Points, solid{Place: [3]float64{float64(float32(i) / 3), -7, 1e6}, Color: [4]float64{1, math.Round(encode(0.2)*255) / 255, 0, 128. / 255}})
		}
		path, got := converted(t, recorded(t, 0, nil, [][]render.Point{slots}))
		check(t, path, got, 0, false, []message{want})
	})
}

// Each writer of a recording has channels, an entity and a frame of its own, by its name, from the moment when it comes
// until its slots are freed. Its metadata counts for its slots alone, and slot 0 is its first one.
func TestValuesOfWriters(t *testing.T) {
	t.Parallel()
	const each = 20
	arm := framing.Writer{Name: "arm", Group: 1, First: each, Count: each, Metadata: map[string]string{"unit": "0.5", "colors": `["#ff0000", "#0000ff"]`}}
	leg := framing.Writer{Name: "left leg", Group: 2, First: 0, Count: each, Metadata: map[string]string{"mesh": `"sphere"`, "up": `"z"`, "colors": `"#00ff00"`}}
	y, z := framing.Writer{Name: "eye", First: 3 * each, Count: 1, Metadata: map[string]string{}}, leg
	z.Metadata = map[string]string{"colors": `"#00ff00"`}
	for _, writers := range [][]framing.Writer{{arm}, {arm, leg}, {leg, y}} {
		meta, _ := framing.WithWriters(writers, 1<<20)
		if got := framing.Writers(meta); !reflect.DeepEqual(got, writers) {
			t.Fatalf("%+v, want %+v", got, writers)
		}
	}
	path := filepath.Join(t.TempDir(), "in.mcap")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		t.Fatal(err)
	}
	group := a.NewGroup()
	span, err := group.AllocSpan(4*each, mgl32.Mat4{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Duration(0)
	r, err := record.NewRecorder(file, a, record.Config{Clock: func() time.Duration { return now }, Keyframe: time.Hour, Chunk: 2 * interval})
	if err != nil {
		t.Fatal(err)
	}
	up, upright := solid{Turn: [4]float64{math.Sqrt2 / 2, 0, 0, math.Sqrt2 / 2}}, solid{Turn: [4]float64{0, 0, 0, 1}}
	at := func() int64 { return int64(now) }
	var want []message
	tf := func(name string, turn solid) {
		want = append(want, message{Topic: "/tf", Time: at(), Frame: "world " + name, Poses: []solid{turn}})
	}
	moved := map[string][]solid{} // where the bodies of a writer are
	shows := func(w framing.Writer) {
		scene, poses := message{Topic: "/" + w.Name + "/scene", Time: at(), Frame: w.Name}, message{Topic: "/" + w.Name + "/poses", Time: at(), Frame: w.Name}
		for i, s := range moved[w.Name] {
			switch s.Size = [3]float64{1, 1, 1}; {
			case w.Name == "arm":
				s.Color = [][4]float64{{1, 0, 0, 1}, {0, 0, 1, 1}}[i%2]
				s.Size = [3]float64{0.5, 0.5, 0.5}
				for k := range 3 {
					s.Place[k] *= 0.5
				}
			default:
				s.Color = [4]float64{0, 1, 0, 1}
			}
			if w.Metadata["mesh"] != "" {
				scene.Balls = append(scene.Balls, s)
			} else {
				scene.Cubes = append(scene.Cubes, s)
			}
			poses.Poses = append(poses.Poses, solid{Place: s.Place, Turn: s.Turn})
		}
		want = append(want, scene, poses)
	}
	// step moves the bodies of some writers.
	step := func(writers []framing.Writer, moves ...framing.Writer) {
		meta, _ := framing.WithWriters(writers, 1<<20)
		if err := r.SetMetadata(meta); err != nil {
			t.Fatal(err)
		}
		for _, w := range moves {
			moved[w.Name] = nil
			for i := range each {
				place := [3]float64{float64(w.First + i), float64(now / interval), -3}
				moved[w.Name] = append(moved[w.Name], solid{Place: place, Turn: upright.Turn})
				m := mgl32.Translate3D(float32(place[0]), float32(place[1]), float32(place[2]))
				span.Set(w.First+i, &m)
			}
		}
		group.Commit(arena.Tick{Time: now})
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
	}
	next := func() { now += interval }

	step([]framing.Writer{arm}, arm)
	tf("arm", up)
	shows(arm)
	next()
	step([]framing.Writer{arm}, arm)
	shows(arm)
	next()
	step([]framing.Writer{arm, leg}, leg) // it comes, and the other one stands still
	tf("left leg", upright)
	shows(leg)
	next()
	step([]framing.Writer{arm, leg}, arm, leg)
	shows(arm)
	shows(leg)
	next()
	for i := range each { // its slots are freed
		span.Set(arm.First+i, &mgl32.Mat4{})
	}
	step([]framing.Writer{leg}, leg)
	want = append(want, message{Topic: "/arm/scene", Time: at(), Gone: "arm"}, message{Topic: "/arm/poses", Time: at(), Frame: "arm"})
	shows(leg)
	next()
	step([]framing.Writer{z}, z) // it says something else
	tf("left leg", up)
	shows(z)
	next()
	step([]framing.Writer{z, arm}, arm)
	shows(arm)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	out, got := converted(t, path)
	checkAll(t, out, got, want)
}

// A matrix that mirrors, a flat one and a sheared one become cubes with a turn. A matrix that shows nothing, or that
// is not finite, is left out.
func TestAwkwardMatrices(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	z90 := mgl32.QuatRotate(math.Pi/2, mgl32.Vec3{0, 0, 1}).Mat4()
	slots := []mgl32.Mat4{
		mgl32.Scale3D(-2, 3, 4),
		z90.Mul4(mgl32.Scale3D(2, 0, 4)),
		z90.Mul4(mgl32.Scale3D(0, 3, 4)),
		z90.Mul4(mgl32.ShearX3D(0.5, 0)),
		mgl32.Scale3D(1, 0, 0),
		mgl32.Translate3D(nan, 0, 0),
		mgl32.Scale3D(inf, 1, 1),
		{},
	}
	_, all := converted(t, recorded(t, 0, nil, [][]mgl32.Mat4{slots}))
	turn := [4]float64{0, 0, math.Sqrt2 / 2, math.Sqrt2 / 2}
	want := message{Topic: "/in/scene", Frame: "in", Cubes: []solid{
		{Size: [3]float64{2, 3, 4}, Turn: [4]float64{0, 1, 0, 0}, Color: amber}, // -x, y and -z: turned around y
		{Size: [3]float64{2, 0, 4}, Turn: turn, Color: amber},
		{Size: [3]float64{0, 3, 4}, Turn: turn, Color: amber},
		{Size: [3]float64{math.Hypot(1, 0.5), 1, 1}, Turn: [4]float64{0, 0, math.Sin(math.Pi/4 + math.Atan(0.5)/2), math.Cos(math.Pi/4 + math.Atan(0.5)/2)}, Color: amber},
	}}
	if err := same(all[1], want); err != nil {
		t.Error(err)
	}
}

// converted converts a recording and reads what came of it.
func converted(t *testing.T, in string) (path string, all []message) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.mcap")
	var said bytes.Buffer
	if err := convert.Run(t.Context(), []string{in, out}, &said); err != nil {
		t.Fatal(err)
	}
	all = read(t, out)
	if !strings.HasPrefix(said.String(), out+": ") || !strings.Contains(said.String(), fmt.Sprintf(" in %d messages: /tf, ", len(all))) {
		t.Errorf("of %d messages it says %q", len(all), said.String())
	}
	return out, all
}

// read reads a converted file by the library and the descriptors that are in the file.
func read(t *testing.T, path string) (all []message) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := mcap.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	info, err := reader.Info()
	if err != nil {
		t.Fatal(err)
	}
	each, err := reader.Messages()
	if err != nil {
		t.Fatal(err)
	}
	var last uint64
	for {
		schema, channel, m, err := each.NextInto(nil)
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if m.LogTime < last || m.PublishTime != m.LogTime || channel.MessageEncoding != "protobuf" || schema.Encoding != "protobuf" {
			t.Errorf("a message of %d after one of %d: %+v, %+v", m.LogTime, last, channel, schema.Name)
		}
		last = m.LogTime
		all = append(all, decoded(t, schema, channel.Topic, m))
	}
	s := info.Statistics
	if int(s.MessageCount) != len(all) || len(all) == 0 || s.MessageStartTime != uint64(all[0].Time) || s.MessageEndTime != last {
		t.Errorf("statistics %+v of %d messages to %d", s, len(all), last)
	}
	return all
}

// A protobuf is a message of protobuf.
type protobuf struct{ protoreflect.Message }

func (p protobuf) value(name string) protoreflect.Value {
	return p.Get(p.Descriptor().Fields().ByName(protoreflect.Name(name)))
}

func (p protobuf) at(name string) protobuf { return protobuf{p.value(name).Message()} }

func (p protobuf) all(name string) (all []protobuf) {
	list := p.value(name).List()
	for i := range list.Len() {
		all = append(all, protobuf{list.Get(i).Message()})
	}
	return all
}

// numbers are all fields.
func (p protobuf) numbers() (v []float64) {
	for i := range p.Descriptor().Fields().Len() {
		v = append(v, p.Get(p.Descriptor().Fields().Get(i)).Float())
	}
	return v
}

func (p protobuf) pose() (s solid) {
	return solid{Place: [3]float64(p.at("position").numbers()), Turn: [4]float64(p.at("orientation").numbers())}
}

func (p protobuf) solids(name string) (all []solid) {
	for _, b := range p.all(name) {
		s := b.at("pose").pose()
		s.Size, s.Color = [3]float64(b.at("size").numbers()), [4]float64(b.at("color").numbers())
		all = append(all, s)
	}
	return all
}

// decoded decodes a message by the descriptor of its schema. The library must write the same bytes.
func decoded(t *testing.T, schema *mcap.Schema, topic string, raw *mcap.Message) message {
	t.Helper()
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(schema.Data, &set); err != nil {
		t.Fatal(err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		t.Fatal(err)
	}
	d, err := files.FindDescriptorByName(protoreflect.FullName(schema.Name))
	if err != nil {
		t.Fatal(err)
	}
	p := protobuf{dynamicpb.NewMessage(d.(protoreflect.MessageDescriptor))}
	if err := proto.Unmarshal(raw.Data, p.Interface()); err != nil {
		t.Fatal(err)
	}
	if again, err := (proto.MarshalOptions{Deterministic: true}).Marshal(p.Interface()); err != nil || !bytes.Equal(again, raw.Data) {
		t.Errorf("%s: a message of %d bytes, where the library writes %d: %v", topic, len(raw.Data), len(again), err)
	}
	m := message{Topic: topic}
	stamp := func(p protobuf) {
		p = p.at("timestamp")
		m.Time = p.value("seconds").Int()*1e9 + p.value("nanos").Int()
	}
	switch schema.Name {
	case "foxglove.FrameTransforms":
		for _, f := range p.all("transforms") {
			stamp(f)
			s := solid{Place: [3]float64(f.at("translation").numbers()), Turn: [4]float64(f.at("rotation").numbers())}
			m.Poses, m.Frame = append(m.Poses, s), f.value("parent_frame_id").String()+" "+f.value("child_frame_id").String()
		}
	case "foxglove.SceneUpdate":
		if gone := p.all("deletions"); len(gone) == 1 && len(p.all("entities")) == 0 && gone[0].value("type").Enum() == 0 {
			stamp(gone[0])
			m.Gone = gone[0].value("id").String()
			break
		}
		if len(p.all("entities")) != 1 || len(p.all("deletions")) != 0 {
			t.Fatalf("%s: %v", topic, p)
		}
		e := p.all("entities")[0]
		stamp(e)
		m.Frame, m.Cubes, m.Balls = e.value("frame_id").String(), e.solids("cubes"), e.solids("spheres")
		if e.value("id").String() != m.Frame || !e.value("frame_locked").Bool() {
			t.Errorf("%s: entity %v in %q", topic, e.value("id"), m.Frame)
		}
		for _, l := range e.all("lines") {
			to := lines{Thickness: l.value("thickness").Float(), Pixels: l.value("scale_invariant").Bool()}
			for _, p := range l.all("points") {
				to.Points = append(to.Points, [3]float64(p.numbers()))
			}
			for _, c := range l.all("colors") {
				to.Colors = append(to.Colors, [4]float64(c.numbers()))
			}
			if l.value("type").Enum() != 2 || l.at("pose").pose() != (solid{Turn: [4]float64{0, 0, 0, 1}}) {
				t.Errorf("%s: lines of type %v at %v", topic, l.value("type"), l.at("pose"))
			}
			m.Lines = append(m.Lines, to)
		}
	case "foxglove.PosesInFrame":
		stamp(p)
		m.Frame = p.value("frame_id").String()
		for _, q := range p.all("poses") {
			m.Poses = append(m.Poses, q.pose())
		}
	case "foxglove.PointCloud":
		stamp(p)
		m.Frame = p.value("frame_id").String()
		place := map[string]int{}
		for _, f := range p.all("fields") {
			place[fmt.Sprint(f.value("name"), " ", f.value("type").Enum())] = int(f.value("offset").Uint())
		}
		data, stride := p.value("data").Bytes(), int(p.value("point_stride").Uint())
		for ; len(data) >= stride; data = data[stride:] {
			var s solid
			for k, name := range []string{"x 7", "y 7", "z 7"} {
				s.Place[k] = float64(math.Float32frombits(binary.LittleEndian.Uint32(data[place[name]:])))
			}
			for k, name := range []string{"red 1", "green 1", "blue 1", "alpha 1"} {
				s.Color[k] = float64(data[place[name]]) / 255
			}
			m.Points = append(m.Points, s)
		}
	}
	if m.Time != int64(raw.LogTime) {
		t.Errorf("%s: a message of %d logged at %d", topic, m.Time, raw.LogTime)
	}
	return m
}

// check compares all messages of a file with what it must hold, and leaves both to .ci/mcap.
func check(t *testing.T, path string, got []message, start int64, zUp bool, want []message) {
	t.Helper()
	up := [4]float64{math.Sqrt2 / 2, 0, 0, math.Sqrt2 / 2}
	if zUp {
		up = [4]float64{0, 0, 0, 1}
	}
	checkAll(t, path, got, append([]message{{Topic: "/tf", Time: start, Frame: "world " + want[0].Frame, Poses: []solid{{Turn: up}}}}, want...))
}

// checkAll also compares the frames.
func checkAll(t *testing.T, path string, got, want []message) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d", len(got), len(want))
	}
	for i := range want {
		if err := same(got[i], want[i]); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	if *filesFor == "" {
		return
	}
	name := filepath.Join(*filesFor, filepath.Base(t.Name()))
	text, err := json.Marshal(want)
	if err == nil {
		err = os.WriteFile(name+".json", text, 0o644)
	}
	if err == nil {
		err = os.Rename(path, name+".mcap")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// same compares two messages. Places and times are exact; the rest goes through float32 and a matrix.
func same(got, want message) error {
	if got.Topic != want.Topic || got.Time != want.Time || got.Frame != want.Frame || got.Gone != want.Gone {
		return fmt.Errorf("%s at %d in %q, want %s at %d in %q", got.Topic, got.Time, got.Frame, want.Topic, want.Time, want.Frame)
	}
	for _, s := range []struct{ got, want []solid }{{got.Cubes, want.Cubes}, {got.Balls, want.Balls}, {got.Poses, want.Poses}, {got.Points, want.Points}} {
		if len(s.got) != len(s.want) {
			return fmt.Errorf("%s: %d things, want %d", got.Topic, len(s.got), len(s.want))
		}
		for i, g := range s.got {
			w := s.want[i]
			dot := 0.0
			for k := range 4 {
				dot += g.Turn[k] * w.Turn[k]
			}
			if dot < 0 { // the same turn
				for k := range 4 {
					g.Turn[k] = -g.Turn[k]
				}
			}
			if g.Place != w.Place || !near(g.Turn[:], w.Turn[:], 1e-6) || !near(g.Size[:], w.Size[:], 1e-6) || !near(g.Color[:], w.Color[:], 1e-6) {
				return fmt.Errorf("%s: thing %d is %+v, want %+v", got.Topic, i, s.got[i], w)
			}
		}
	}
	if len(got.Lines) != len(want.Lines) {
		return fmt.Errorf("%d kinds of lines, want %d", len(got.Lines), len(want.Lines))
	}
	for i, g := range got.Lines {
		w := want.Lines[i]
		if g.Thickness != w.Thickness || g.Pixels != w.Pixels || !slices.Equal(g.Points, w.Points) ||
			!slices.EqualFunc(g.Colors, w.Colors, func(a, b [4]float64) bool { return near(a[:], b[:], 1e-6) }) {
			return fmt.Errorf("lines %+v, want %+v", g, w)
		}
	}
	return nil
}

// near compares numbers, relative to 1 or to the larger.
func near(a, b []float64, by float64) bool {
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= by*max(1, math.Abs(b[i]))) {
			return false
		}
	}
	return true
}

// The comparison must find each kind of difference: else the tests above show nothing.
func TestSame(t *testing.T) {
	t.Parallel()
	_, all := shownBy(0, "in", false, func(*solid, mgl32.Vec3, mgl32.Quat, mgl32.Vec3, mgl32.Vec4) int { return 0 })
	for name, spoil := range map[string]func(m *message){
		"a time":               func(m *message) { m.Time++ },
		"a place":              func(m *message) { m.Cubes[5].Place[1] += 1e-9 },
		"w in front":           func(m *message) { q := &m.Cubes[5].Turn; q[0], q[1], q[2], q[3] = q[3], q[0], q[1], q[2] },
		"the inverse turn":     func(m *message) { m.Cubes[5].Turn[3] *= -1 },
		"half of a size":       func(m *message) { m.Cubes[5].Size[2] /= 2 },
		"red and blue changed": func(m *message) { c := &m.Cubes[5].Color; c[0], c[2] = c[2], c[0] },
		"a thing less":         func(m *message) { m.Cubes = m.Cubes[1:] },
	} {
		m := all[0]
		m.Cubes = slices.Clone(m.Cubes)
		if same(m, all[0]) != nil {
			t.Fatal("a copy is not the same")
		}
		if spoil(&m); same(m, all[0]) == nil {
			t.Errorf("%s is not found", name)
		}
	}
}

// What cannot be converted is an error of one line that names the file, and leaves no file.
func TestErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	in := recorded(t, 0, nil, [][]mgl32.Mat4{{mgl32.Ident4()}})
	other := recorded(t, 0, nil, [][][3]float32{{{1, 2, 3}}})
	for name, content := range map[string]string{"text.mcap": "a text, not a recording", "there.mcap": "before"} {
		if err := os.WriteFile(at(name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out := at("out.mcap")
	for _, c := range []struct {
		ctx  context.Context
		args []string
		want string
	}{
		{t.Context(), nil, "0 arguments: want two files"},
		{t.Context(), []string{"-x"}, "flag provided but not defined: -x: slotview convert -h"},
		{t.Context(), []string{in, at("there.mcap")}, "there.mcap exists already"},
		{t.Context(), []string{in, dir}, " exists already"},
		{t.Context(), []string{at("none.mcap"), out}, "none.mcap: no such file"},
		{t.Context(), []string{at("text.mcap"), out}, "text.mcap: record: not a recording: it is not an MCAP file"},
		{t.Context(), []string{dir, out}, "is a directory"},
		{t.Context(), []string{other, out}, "its slots are 3float32"},
		{t.Context(), []string{in, at("none/out.mcap")}, "none"},
		{ctx, []string{in, out}, "interrupted"},
	} {
		err := convert.Run(c.ctx, c.args, io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), "convert: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
	var help bytes.Buffer
	if err := convert.Run(t.Context(), []string{"-h"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.HasPrefix(help.String(), "usage: slotview convert ") {
		t.Errorf("%v: %s", err, help.String())
	}
	if before, err := os.ReadFile(at("there.mcap")); err != nil || string(before) != "before" {
		t.Errorf("what was there is %q, %v", before, err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 2 {
		t.Errorf("%v is left, %v", files, err)
	}
}

// All sound moments of a damaged recording are converted, and an error tells of the others. Of a recording without an
// end, the text tells.
func TestDamage(t *testing.T) {
	t.Parallel()
	moments, want := shownBy(0, "in", false, func(s *solid, p mgl32.Vec3, q mgl32.Quat, size mgl32.Vec3, _ mgl32.Vec4) mgl32.Mat4 {
		s.Color = amber
		return matrix(p, q, size)
	})
	in := recorded(t, 0, nil, moments)
	data, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := mcap.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	info, err := reader.Info()
	if err != nil {
		t.Fatal(err)
	}
	second := slices.IndexFunc(info.ChunkIndexes, func(c *mcap.ChunkIndex) bool { return c.MessageStartTime == uint64(3*interval) }) // a key frame
	c := info.ChunkIndexes[second]
	data[c.ChunkStartOffset+c.ChunkLength/2] ^= 0x55
	damaged, out := filepath.Join(t.TempDir(), "in.mcap"), filepath.Join(t.TempDir(), "out.mcap")
	if err := os.WriteFile(damaged, data, 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := convert.File(t.Context(), damaged, out)
	if !errors.Is(err, record.ErrDamaged) || !strings.Contains(err.Error(), "in.mcap is damaged, and moments are missing in ") || !strings.Contains(said, "6 moments in 13 messages") {
		t.Errorf("%v, and says %q", err, said)
	}
	got := read(t, out)[1:]
	want = slices.Delete(want, 6, 12) // three moments, to the next key frame
	for i := range got {
		if err := same(got[i], want[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(damaged, data[:len(data)-9], 0o644); err != nil {
		t.Fatal(err)
	}
	if said, _ := convert.File(t.Context(), damaged, out+"2"); !strings.Contains(said, "in.mcap has no sound end") {
		t.Errorf("of a file without an end it says %q", said)
	}
}
