package convert

import (
	"fmt"
	"maps"
	"slices"
	"time"
	"unsafe"

	"github.com/go-gl/mathgl/mgl32"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render"
)

// A part is a run of slots that one name stands for.
type part struct {
	name  string
	slots arena.Range
}

// A channel is one kind of message about a part.
type channel struct{ name, schema string }

// A scene plays a recording, and writes what its slots show as messages.
type scene struct {
	channels []channel
	seek     func(time.Duration) error
	descend  func() []arena.Range // what has changed
	read     func(arena.Range)    // takes slots: append writes these
	append   func(b []byte, channel int, t time.Duration, name string) []byte
	close    func() error
}

// mostBytes is the most that all slots of a recording have.
const mostBytes = 1 << 30

// scenes has a function for each layout of slots that makes a scene.
var scenes = map[string]func(*record.Recording, protowire.Number) (*scene, error){
	arena.Layout[mgl32.Mat4]():            bodies(ofMatrix),
	arena.Layout[render.Instance]():       bodies(ofInstance),
	arena.Layout[render.Motion]():         bodies(ofMotion),
	arena.Layout[render.MotionInstance](): bodies(ofMotionInstance),
	arena.Layout[render.Line](): func(rec *record.Recording, _ protowire.Number) (*scene, error) {
		return play(rec, ofLine, kind[line]{channel{"scene", "SceneUpdate"}, func(b []byte, t time.Duration, name string, all []line) []byte {
			return entity(b, t, name, func(b []byte) []byte { return strokes(b, all) })
		}})
	},
	arena.Layout[render.Point](): func(rec *record.Recording, _ protowire.Number) (*scene, error) {
		return play(rec, ofPoint, kind[point]{channel{"points", "PointCloud"}, cloud})
	},
}

// bodies returns a function that makes scenes of bodies. field says what they are: cubesField or spheresField.
func bodies[T any](of func(*T) (body, bool)) func(rec *record.Recording, field protowire.Number) (*scene, error) {
	return func(rec *record.Recording, field protowire.Number) (*scene, error) {
		return play(rec, of,
			kind[body]{channel{"scene", "SceneUpdate"}, func(b []byte, t time.Duration, name string, all []body) []byte {
				return entity(b, t, name, func(b []byte) []byte { return solids(b, all, field) })
			}},
			kind[body]{channel{"poses", "PosesInFrame"}, poses})
	}
}

// A kind is a channel of things of type X.
type kind[X any] struct {
	channel
	append func(b []byte, t time.Duration, name string, all []X) []byte
}

// play makes the scene of a recording of slots of type T, each of which shows the thing that of returns.
func play[T, X any](rec *record.Recording, of func(*T) (X, bool), kinds ...kind[X]) (*scene, error) {
	a, err := arena.New(arena.Config[T]{MaxSlots: mostBytes / int(unsafe.Sizeof(*new(T)))})
	if err != nil {
		return nil, err
	}
	p, err := record.NewPlayer(rec, a)
	if err != nil {
		return nil, err
	}
	var things []X
	s := &scene{
		seek: p.Seek, close: p.Close,
		descend: func() []arena.Range { return a.Descend().Ranges },
		read: func(r arena.Range) {
			slots := a.Mirror()[min(r.First, a.HighWater()):min(r.End(), a.HighWater())]
			things = things[:0]
			for i := range slots {
				if x, ok := of(&slots[i]); ok {
					things = append(things, x)
				}
			}
		},
		append: func(b []byte, i int, t time.Duration, name string) []byte { return kinds[i].append(b, t, name, things) },
	}
	for _, k := range kinds {
		s.channels = append(s.channels, k.channel)
	}
	return s, nil
}

// newScene makes the scene of a recording.
func newScene(rec *record.Recording) (*scene, error) {
	make, ok := scenes[rec.Layout()]
	if !ok {
		return nil, fmt.Errorf("its slots are %s, which it cannot convert: it converts %q", rec.Layout(), slices.Sorted(maps.Keys(scenes)))
	}
	field := protowire.Number(cubesField)
	if value(rec, "mesh") == "sphere" {
		field = spheresField
	}
	return make(rec, field)
}
