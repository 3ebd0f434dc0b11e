package convert

import (
	"fmt"
	"maps"
	"slices"
	"time"
	"unsafe"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/render"
)

// A channel is one kind of message.
type channel struct{ name, schema string }

// A scene plays a recording, and writes what its slots show as messages.
type scene struct {
	zUp      bool
	channels []channel
	seek     func(time.Duration) error
	look     func() bool // reads the slots, which append then writes; reports whether any has changed
	append   func(b []byte, channel int, t time.Duration, name string) []byte
	close    func() error
}

// mostBytes is the most that all slots of a recording have.
const mostBytes = 1 << 30

// scenes has a function for each layout of slots that makes a scene.
var scenes = map[string]func(*record.Recording) (*scene, error){
	arena.Layout[mgl32.Mat4]():            bodies(ofMatrix, false),
	arena.Layout[render.Instance]():       bodies(ofInstance, true),
	arena.Layout[render.Motion]():         bodies(ofMotion, false),
	arena.Layout[render.MotionInstance](): bodies(ofMotionInstance, true),
	arena.Layout[render.Line](): func(rec *record.Recording) (*scene, error) {
		return play(rec, func(_ int, l *render.Line) (line, bool) { return ofLine(l) },
			kind[line]{channel{"scene", "SceneUpdate"}, func(b []byte, t time.Duration, name string, all []line) []byte {
				return entity(b, t, name, func(b []byte) []byte { return strokes(b, all) })
			}})
	},
	arena.Layout[render.Point](): func(rec *record.Recording) (*scene, error) {
		return play(rec, func(_ int, p *render.Point) (point, bool) { return ofPoint(p) },
			kind[point]{channel{"points", "PointCloud"}, cloud})
	},
}

// bodies returns a function that makes scenes of bodies. colored says that each slot has a colour of its own.
func bodies[T any](of func(*T) (body, bool), colored bool) func(*record.Recording) (*scene, error) {
	return func(rec *record.Recording) (*scene, error) {
		says := framing.ParseBodies(rec.Metadata())
		s, err := play(rec, func(i int, slot *T) (body, bool) {
			b, ok := of(slot)
			b.dress(i, &says, colored)
			return b, ok
		},
			kind[body]{channel{"scene", "SceneUpdate"}, func(b []byte, t time.Duration, name string, all []body) []byte {
				return entity(b, t, name, func(b []byte) []byte { return solids(b, all) })
			}},
			kind[body]{channel{"poses", "PosesInFrame"}, poses})
		if err == nil {
			s.zUp = says.ZUp
		}
		return s, err
	}
}

// A kind is a channel of things of type X.
type kind[X any] struct {
	channel
	append func(b []byte, t time.Duration, name string, all []X) []byte
}

// play makes the scene of a recording of slots of type T. of returns what slot i shows.
func play[T, X any](rec *record.Recording, of func(i int, slot *T) (X, bool), kinds ...kind[X]) (*scene, error) {
	a, err := arena.New(arena.Config[T]{MaxSlots: mostBytes / int(unsafe.Sizeof(*new(T)))})
	if err != nil {
		return nil, err
	}
	p, err := record.NewPlayer(rec, a)
	if err != nil {
		return nil, err
	}
	var things []X
	s := &scene{seek: p.Seek, close: p.Close}
	s.look = func() bool {
		if len(a.Descend().Ranges) == 0 {
			return false
		}
		things = things[:0]
		slots := a.Mirror()[:a.HighWater()]
		for i := range slots {
			if x, ok := of(i, &slots[i]); ok {
				things = append(things, x)
			}
		}
		return true
	}
	s.append = func(b []byte, i int, t time.Duration, name string) []byte { return kinds[i].append(b, t, name, things) }
	for _, k := range kinds {
		s.channels = append(s.channels, k.channel)
	}
	return s, nil
}

// newScene makes the scene of a recording.
func newScene(rec *record.Recording) (*scene, error) {
	make, ok := scenes[rec.Layout()]
	if !ok {
		return nil, fmt.Errorf("its slots are %s, and convert knows only these: %q", rec.Layout(), slices.Sorted(maps.Keys(scenes)))
	}
	return make(rec)
}
