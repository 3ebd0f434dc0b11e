// Package view shows sources of slots: recordings, what other processes publish, and what they write into shared
// memory. It is the source of package stage that slotview, and the page, draw.
package view

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render"
)

// Config says what to show.
type Config struct {
	Shared  bool   // what processes of this machine write into shared memory
	Address string // where they connect; empty: shared.Listen's default

	Recordings []Tape        // that are played
	From       time.Duration // where they begin
	Speed      float64       // 1: as fast as they were recorded
	Loop       bool          // at the end they begin again
	Frame      time.Duration // between two steps; 0: a sixtieth of a second

	NATS   *nats.Conn // for Follow
	Follow []string   // names to follow

	Together bool              // sources lie on top of each other, and not beside each other
	Meshes   map[string]string // what a source or a writer shows, by its name, before what it says itself
	MaxSlots int               // of each arena

	Say   func(string)
	Warn  func(error)
	Lacks func(string) // gets a sentence about a source that is awaited or silent, and "" when none is; may be nil
}

// Live reports whether a source goes by real time: a recording does not by itself.
func (c Config) Live() bool { return c.Shared || len(c.Follow) > 0 }

// Length returns the length of the longest recording.
func (c Config) Length() (longest time.Duration) {
	for _, t := range c.Recordings {
		longest = max(longest, t.length())
	}
	return longest
}

// Open makes the source.
func (c Config) Open(ctx context.Context, _ bool) (stage.Source, error) {
	v := &Viewer{cfg: c, ctx: ctx, began: time.Now(), warned: map[string]bool{}}
	v.meshes = meshes{made: map[shape]*render.Mesh{}, files: map[string]triangles{}, warn: v.warn}
	if err := v.open(); err != nil {
		v.Release()
		return nil, err
	}
	return v, nil
}

// open opens the feeds, and waits a little for the first source, which says how to show it.
func (v *Viewer) open() error {
	if v.cfg.Shared {
		f, err := share(v)
		if err != nil {
			return err
		}
		v.feeds = append(v.feeds, f)
	}
	for _, t := range v.cfg.Recordings {
		f, err := play(v, t)
		if err != nil {
			return err
		}
		v.feeds = append(v.feeds, f)
	}
	v.line.length = v.cfg.Length()
	v.line.speed = cmp.Or(v.cfg.Speed, 1)
	v.line.put(v.cfg.From, time.Time{})
	for _, name := range v.cfg.Follow {
		f, err := follow(v, name)
		if err != nil {
			return err
		}
		v.feeds = append(v.feeds, f)
	}
	v.rooms = make([]room, len(v.feeds))
	if err := v.receive(); err != nil {
		return err
	}
	for end := time.Now().Add(waitFirst); len(v.layers) == 0 && time.Now().Before(end) && v.ctx.Err() == nil && len(v.cfg.Follow) > 0; {
		time.Sleep(10 * time.Millisecond)
		if err := v.receive(); err != nil {
			return err
		}
	}
	v.first = framing.Framing{Lo: mgl32.Vec3{-5, 0, -5}, Hi: mgl32.Vec3{5, 5, 5}}
	if len(v.layers) > 0 {
		v.first = over(v.first, v.layers[0].parted()[0].says)
	}
	return nil
}

const waitFirst = 3 * time.Second

// over returns the framing f where what a source says is missing.
func over(f, says framing.Framing) framing.Framing {
	if says.Lo != says.Hi {
		f.Lo, f.Hi = says.Lo, says.Hi
	}
	if says.FovY > 0 {
		f.Yaw, f.Pitch, f.FovY = says.Yaw, says.Pitch, says.FovY
	}
	if says.Sun != (mgl32.Vec3{}) {
		f.Sun = says.Sun
	}
	f.Tick = says.Tick
	return f
}

// A Viewer shows all sources of a Config in one scene.
type Viewer struct {
	stage.Passive
	cfg     Config
	ctx     context.Context
	scene   *stage.Scene
	meshes  meshes
	feeds   []feed
	layers  []*layer // of the feeds, in the order in which they came
	first   framing.Framing
	lacks   string   // what cfg.Lacks was told last
	line    playhead // of the recordings
	steps   int      // in lockstep
	held    bool     // by the mouse
	began   time.Time
	now     time.Duration // on the viewer's clock
	runs    bool          // by real time
	paused  bool
	keeps   bool      // the last minute
	back    *back     // nil: the present is shown
	left    *back     // is to be freed
	news    time.Time // when something last changed
	lo, hi  mgl32.Vec3
	rooms   []room       // of the feeds
	corners []mgl32.Vec3 // of the rooms, where they are
	aspect  float32      // of the picture: width over height; 0: unknown
	stands  arrangement  // of the rooms, beside each other
	moved   bool         // a feed has moved since the last Boxes
	warned  map[string]bool
	broken  error // see Described
	picked  picked
}

// warn warns once of each error.
func (v *Viewer) warn(err error) {
	if err == nil || v.warned[err.Error()] {
		return
	}
	v.warned[err.Error()] = true
	v.cfg.Warn(err)
}

// receive lets all feeds store what has arrived.
func (v *Viewer) receive() error {
	if v.runs || len(v.cfg.Recordings) == 0 {
		v.now = time.Since(v.began)
	}
	for i, f := range v.feeds {
		if err := f.receive(v.now); err != nil {
			return err
		}
		for _, s := range f.streams() {
			v.join(s, i)
		}
	}
	if lack := v.lack(); lack != v.lacks && v.cfg.Lacks != nil {
		v.lacks = lack
		v.cfg.Lacks(lack)
	}
	return nil
}

// lack returns a sentence about the first followed source that is awaited or silent.
func (v *Viewer) lack() string {
	for _, f := range v.feeds {
		f, follows := f.(*followed)
		switch {
		case !follows:
		case f.silent:
			return fmt.Sprintf("Nothing has come from %s for more than %.0f seconds: its program or the network stands still.", f.name, silence.Seconds())
		case f.shown.Epoch == 0 && time.Since(v.began) > silence:
			return fmt.Sprintf("Waiting for %s: no program publishes it.", f.name)
		}
	}
	return ""
}

// dress says what the source, or the writer, of a part shows: what -mesh says, or what it says itself. Files are read
// from its folder; without one, only files that the user names are read.
func (v *Viewer) dress(p *part, metadata map[string]string) {
	p.describe(metadata)
	p.bodies.Mesh = file(p.bodies.Mesh, p.folder)
	for i, name := range p.bodies.Shapes {
		p.bodies.Shapes[i] = file(name, p.folder)
	}
	if name := cmp.Or(v.cfg.Meshes[p.name], v.cfg.Meshes[p.file]); name != "" {
		p.bodies.Mesh, p.bodies.Shapes, p.bodies.Shape = name, nil, nil
	}
}

// Enter keeps the scene.
func (v *Viewer) Enter(s *stage.Scene) { v.scene = s }

// Framing returns what the first source says, as far as it had come when the program began.
func (v *Viewer) Framing() framing.Framing { return v.first }

// Described returns an error once a source has another clock or other ticks than it said first.
func (v *Viewer) Described() error { return v.broken }

// Goes reports whether a source goes by real time: a recording does not by itself.
func (v *Viewer) Goes() bool { return v.cfg.Live() }

// Awaited returns nil when all sources have come.
func (v *Viewer) Awaited() error {
	var missing []error
	for _, f := range v.feeds {
		missing = append(missing, f.awaited())
	}
	return errors.Join(missing...)
}

// Step advances by Config.Frame of the viewer's time. The first step stays at the first moment.
func (v *Viewer) Step() error {
	if v.steps++; v.steps > 1 {
		by := cmp.Or(v.cfg.Frame, stepTick)
		v.now += by
		v.advance(by)
	}
	return nil
}

const stepTick = time.Second / 60

// advance moves the playhead, and rewinds it at the end if it loops.
func (v *Viewer) advance(by time.Duration) {
	v.line.put(v.line.at+time.Duration(float64(by)*v.line.speed), time.Time{})
	if v.cfg.Loop && v.line.ended(time.Time{}) {
		v.line.rewind(time.Time{})
	}
}

// Run switches to real time.
func (v *Viewer) Run() {
	v.runs = true
	v.line.since = time.Now()
}

// Pause stops the playhead. If something live is shown, the picture is that of this moment until the pause ends. Other
// processes, recordings and publications go on. In a page, what changes meanwhile comes after the pause.
func (v *Viewer) Pause(on bool) {
	v.paused = on
	if on && v.cfg.Live() {
		v.lookBack()
	}
	now := time.Now()
	v.line.stand(v.paused || v.held, now)
	if v.back != nil {
		v.back.line.stand(v.paused || v.held, now)
	}
}

// Update stores what has arrived.
func (v *Viewer) Update() (time.Duration, error) {
	if v.cfg.Loop && v.runs && len(v.cfg.Recordings) > 0 && v.line.ended(time.Now()) {
		v.line.rewind(time.Now())
	}
	if !v.paused || v.back != nil || len(v.cfg.Recordings) > 0 {
		if err := v.receive(); err != nil {
			return 0, err
		}
	}
	if now := time.Now(); v.back != nil && v.back.line.ended(now) && !v.back.line.stands {
		v.goLive()
	} else if v.back != nil {
		v.back.play(v.now, now)
	}
	return v.now, nil
}

// Boxes also places the feeds beside each other.
func (v *Viewer) Boxes() (boxes []aabb.Box, changed bool) {
	looked := false
	for _, s := range v.shown() {
		looked = s.look(!v.runs) || looked
		if s.moved() {
			v.news = time.Now()
		}
		changed = changed || s.reboxed()
	}
	if looked {
		v.arrange()
	}
	v.goAlong()
	if !changed && !v.moved {
		return nil, false
	}
	v.moved = false
	for i := range v.feeds {
		for _, s := range v.of(i) {
			from := len(boxes)
			boxes = s.boxes(boxes)
			for k := from; k < len(boxes); k++ {
				boxes[k].Center = boxes[k].Center.Add(v.rooms[i].by)
			}
		}
	}
	return boxes, true
}

// Extent returns the box around everything that is shown.
func (v *Viewer) Extent() (lo, hi mgl32.Vec3) { return v.lo, v.hi }

// Moving also looks for what has arrived, as the window calls it while it draws no frames.
func (v *Viewer) Moving() bool {
	longest := stepTick
	if v.cfg.Lacks != nil && v.lack() != v.lacks {
		v.news = time.Now()
	}
	for _, f := range v.feeds {
		if !v.paused && v.back == nil && f.arriving() {
			v.news = time.Now()
		}
		for _, s := range f.streams() {
			for _, p := range s.parted() {
				longest = max(longest, min(p.tick, time.Minute))
			}
		}
	}
	now := time.Now()
	switch {
	case len(v.cfg.Recordings) > 0 && v.line.runs(now):
		return true
	case v.back != nil:
		return !v.back.line.stands || v.back.seeking()
	}
	return now.Sub(v.news) < 2*longest
}

// Summary says how many bodies of which sources are shown.
func (v *Viewer) Summary(sep string) string {
	var texts []string
	if len(v.cfg.Recordings) > 0 {
		texts = append(texts, fmt.Sprintf("%s of %s", stage.ClockText(v.moment()), stage.ClockText(v.line.length)))
	}
	seen, inMotion, moves := 0, 0, false
	var names []string
	for _, s := range v.shown() {
		n, m, can := s.seen()
		seen, inMotion, moves = seen+n, inMotion+m, moves || can
		for _, p := range s.parted() {
			names = append(names, p.name)
		}
	}
	switch {
	case len(names) == 0:
		texts = append(texts, "nothing has come yet")
	case len(names) > 3:
		texts = append(texts, fmt.Sprintf("%s of %d sources", bodies(seen), len(names)))
	default:
		texts = append(texts, bodies(seen)+" of "+strings.Join(names, ", "))
	}
	if moves {
		texts = append(texts, words.Count(inMotion)+" in motion")
	}
	return strings.Join(texts, sep)
}

func bodies(n int) string {
	if n == 1 {
		return "1 body"
	}
	return words.Count(n) + " bodies"
}

// Release ends all sources and frees what draws them.
func (v *Viewer) Release() {
	v.goLive()
	v.leave()
	for _, l := range v.layers {
		if l.minute != nil {
			l.minute.stop()
		}
	}
	for _, f := range v.feeds {
		f.close()
		for _, s := range f.streams() {
			s.Release()
		}
	}
	v.meshes.release()
}
