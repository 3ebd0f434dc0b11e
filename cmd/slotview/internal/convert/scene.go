package convert

import (
	"fmt"
	"maps"
	"math"
	"reflect"
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

// An actor is one writer of a recording, or the whole recording where it lists no writers. Its name is that of its
// channels, of its entity and of its frame.
type actor struct {
	framing.Writer
	says framing.Bodies
}

// A scene plays a recording, and writes what its slots show as messages.
type scene struct {
	channels []channel // of each actor
	seek     func(time.Duration) error
	descend  func() []arena.Range // reads the slots; returns those that changed
	look     func(a *actor)       // looks at the slots of an actor, which append then writes
	append   func(b []byte, channel int, t time.Duration, name string) []byte
	close    func() error
}

// A cast is the actors that a recording has from a moment on, counted from its first frame.
type cast struct {
	from   time.Duration
	actors []*actor
}

// castsOf returns the casts of a recording. name is for actors without one. An actor that stays as it is is the same in
// both casts.
func castsOf(rec *record.Recording, name string) (all []cast) {
	var before []*actor
	for _, d := range rec.Descriptions() {
		writers := framing.Writers(d.Metadata)
		if len(writers) == 0 {
			writers = []framing.Writer{{Name: name, Count: math.MaxInt, Metadata: d.Metadata}}
		}
		c := cast{from: d.From}
		for _, w := range writers {
			i := slices.IndexFunc(before, func(a *actor) bool { return reflect.DeepEqual(a.Writer, w) })
			if i >= 0 {
				c.actors = append(c.actors, before[i])
			} else {
				c.actors = append(c.actors, &actor{w, framing.ParseBodies(w.Metadata)})
			}
		}
		before = c.actors
		all = append(all, c)
	}
	return all
}

// changes reports whether one of the slots is the actor's.
func (a *actor) changes(slots []arena.Range) bool {
	return slices.ContainsFunc(slots, func(r arena.Range) bool { return r.End() > a.First && r.First-a.First < a.Count })
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
		return play(rec, func(_ *actor, _ int, l *render.Line) (line, bool) { return ofLine(l) },
			kind[line]{channel{"scene", "SceneUpdate"}, func(b []byte, t time.Duration, name string, all []line) []byte {
				return entity(b, t, name, func(b []byte) []byte { return strokes(b, all) })
			}})
	},
	arena.Layout[render.Point](): func(rec *record.Recording) (*scene, error) {
		return play(rec, func(_ *actor, _ int, p *render.Point) (point, bool) { return ofPoint(p) },
			kind[point]{channel{"points", "PointCloud"}, cloud})
	},
}

// bodies returns a function that makes scenes of bodies. colored says that each slot has a colour of its own.
func bodies[T any](of func(*T) (body, bool), colored bool) func(*record.Recording) (*scene, error) {
	return func(rec *record.Recording) (*scene, error) {
		return play(rec, func(a *actor, i int, slot *T) (body, bool) {
			b, ok := of(slot)
			b.dress(i, &a.says, colored)
			return b, ok
		},
			kind[body]{channel{"scene", "SceneUpdate"}, func(b []byte, t time.Duration, name string, all []body) []byte {
				return entity(b, t, name, func(b []byte) []byte { return solids(b, all) })
			}},
			kind[body]{channel{"poses", "PosesInFrame"}, poses})
	}
}

// A kind is a channel of things of type X.
type kind[X any] struct {
	channel
	append func(b []byte, t time.Duration, name string, all []X) []byte
}

// play makes the scene of a recording of slots of type T. of returns what slot i of an actor shows.
func play[T, X any](rec *record.Recording, of func(a *actor, i int, slot *T) (X, bool), kinds ...kind[X]) (*scene, error) {
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
	s.descend = func() []arena.Range { return a.Descend().Ranges }
	s.look = func(who *actor) {
		things = things[:0]
		slots := a.Mirror()[:a.HighWater()]
		for i := who.First; i < len(slots) && i-who.First < who.Count; i++ {
			if x, ok := of(who, i-who.First, &slots[i]); ok {
				things = append(things, x)
			}
		}
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
