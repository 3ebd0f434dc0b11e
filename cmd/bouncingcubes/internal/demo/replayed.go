//go:build !js

package demo

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/recording"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

const skipped = 5 * time.Second // by an arrow key

// replayed is a recording that is played. Its player writes the arena.
type replayed[T any] struct {
	passive
	slots  slots[T]
	player *record.Player[T]
	rec    *record.Recording
	census census[T]
	first  framing.Framing

	head    playhead
	paused  bool    // by the user
	held    bool    // by the mouse
	stepped bool    // in lockstep: after the first step
	seeker  *seeker // after run

	warn   func(error)
	warned map[string]bool
}

// A Recording can be played.
type Recording = record.Recording

// play makes the source that plays c.Replay.
func play(c Config) (source, error) { return players[c.Replay.Layout()](c) }

// begin begins a recording of an arena.
func begin[T any](path string, stdout io.Writer, a *arena.Arena[T], metadata map[string]string, clock func() time.Duration) (*sink, error) {
	r, err := recording.Begin(path, stdout, a, metadata, clock)
	if err != nil {
		return nil, err
	}
	return &sink{send: r.Append, wait: r.Wait, close: r.Close, summary: r.String}, nil
}

// Draws reports whether the program can draw slots of a layout, as arena.Layout names it.
func Draws(layout string) bool { return players[layout] != nil }

// players has a function for each layout of slots that makes a source from a recording.
var players = map[string]func(Config) (source, error){
	arena.Layout[render.MotionInstance](): func(c Config) (source, error) { return replay(c, motionInstances) },
	arena.Layout[render.Motion]():         func(c Config) (source, error) { return replay(c, motions) },
	arena.Layout[render.Instance]():       func(c Config) (source, error) { return replay(c, instances) },
	arena.Layout[mgl32.Mat4]():            func(c Config) (source, error) { return replay(c, matrices) },
}

// replay makes a source that plays c.Replay from c.From.
func replay[T any](c Config, m meaning[T]) (source, error) {
	a, err := arena.New(arena.Config[T]{MaxSlots: 2 * c.MaxCubes})
	if err != nil {
		return nil, err
	}
	r := &replayed[T]{
		slots: slots[T]{arena: a}, rec: c.Replay, census: newCensus(a, m), first: framing.Parse(c.Replay.Metadata()),
		head: playhead{length: c.Replay.Duration(), speed: c.Speed}, warn: c.Warn, warned: map[string]bool{},
	}
	if r.player, err = record.NewPlayer(c.Replay, a); err != nil {
		return nil, err
	}
	r.head.put(c.From, time.Time{})
	if err = r.player.Seek(r.head.at); a.Len() > 0 {
		err = r.soften(err) // the undamaged parts are shown
	}
	if err != nil {
		r.player.Close()
		return nil, err
	}
	if r.first.Lo == r.first.Hi { // the recording does not say where to look
		a.Descend()
		r.census.look()
		r.first.Lo, r.first.Hi = r.census.bounds()
	}
	return r, nil
}

// soften turns the error of a damaged recording into a warning, once for each. It returns other errors.
func (r *replayed[T]) soften(err error) error {
	if !errors.Is(err, record.ErrDamaged) {
		return err
	}
	if text := err.Error(); !r.warned[text] {
		r.warned[text] = true
		r.warn(err)
	}
	return nil
}

func (r *replayed[T]) layers() []layer { return []layer{&r.slots} }

func (r *replayed[T]) framing() framing.Framing { return r.first }

func (r *replayed[T]) described() error { return nil }

// step advances by a sixtieth of a second of the viewer's time. The first step stays at the first moment.
func (r *replayed[T]) step() error {
	if !r.stepped {
		r.stepped = true
		return nil
	}
	r.head.put(r.head.at+time.Duration(float64(replayTick)*r.head.speed), time.Time{})
	return r.soften(r.player.Seek(r.head.at))
}

func (r *replayed[T]) run() {
	r.head.since = time.Now()
	r.seeker = newSeeker(r.head.at, r.player.Seek)
}

func (r *replayed[T]) pause(on bool) {
	r.paused = on
	r.head.stand(r.paused || r.held, time.Now())
}

func (r *replayed[T]) moment() (at, length time.Duration) {
	if r.seeker == nil {
		return r.head.at, r.head.length
	}
	return r.head.now(time.Now()), r.head.length
}

func (r *replayed[T]) ended() bool { return r.head.ended(time.Now()) }

func (r *replayed[T]) hold(at time.Duration) {
	now := time.Now()
	r.held = true
	r.head.stand(true, now)
	r.head.put(at, now)
}

func (r *replayed[T]) letGo() {
	r.held = false
	r.pause(r.paused)
}

func (r *replayed[T]) update() (time.Duration, error) {
	if r.seeker != nil {
		r.seeker.ask(r.head.now(time.Now()))
	}
	at, err := r.shown()
	return r.rec.Start() + at, r.soften(err)
}

// shown returns the moment that the arena shows, and the error of the last seek.
func (r *replayed[T]) shown() (time.Duration, error) {
	if r.seeker == nil {
		return r.head.at, nil
	}
	return r.seeker.shown()
}

func (r *replayed[T]) tanks() (boxes []physics.Tank, changed bool) {
	return r.census.tanks()
}

func (r *replayed[T]) moving() bool { return r.head.runs(time.Now()) || r.seeker.seeking() }

func (r *replayed[T]) summary(sep string) string {
	at, _ := r.shown()
	return fmt.Sprintf("%s of %s%s%s", clockText(at), clockText(r.head.length), sep, r.census.words(sep))
}

func (r *replayed[T]) keys() []overlay.Row {
	return []overlay.Row{
		{Name: "bar", Value: "click or drag: go to a moment"},
		{Name: "Left Right", Value: "five seconds back or on"},
		{Name: "Home End", Value: "to the beginning or the end"},
	}
}

func (r *replayed[T]) rows(h *hud) []overlay.Row {
	at, _ := r.shown()
	return append(append(r.census.rows(),
		overlay.Row{Name: "recording", Value: clockText(at) + " of " + clockText(r.head.length)},
		overlay.Row{Name: "speed", Value: fmt.Sprintf("%g×", r.head.speed)},
	), h.traffic()...)
}

// key moves the playhead. At the end of the recording, space plays it again.
func (r *replayed[T]) key(_ *hud, k window.Key, _ ray) bool {
	now := time.Now()
	if k == ' ' && r.head.ended(now) {
		r.head.rewind(now)
		return !r.paused // otherwise the window ends the pause
	}
	to, ok := map[window.Key]time.Duration{
		window.KeyLeft: r.head.now(now) - skipped, window.KeyRight: r.head.now(now) + skipped, window.KeyHome: 0, window.KeyEnd: r.head.length,
	}[k]
	if ok {
		r.head.put(to, now)
	}
	return ok
}

func (r *replayed[T]) release() {
	if r.seeker != nil {
		r.seeker.close()
	}
	r.player.Close()
	r.slots.release()
}
