package view

import (
	"math"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/stage"
)

// A part is a run of an arena's slots that one writer writes. A recording or a publisher that lists no writers is one
// part.
type part struct {
	name         string
	file         string // the name of the recording or publisher that has it; empty: it has the part's name, or there is none
	first, count int    // slots of the arena; a count of everything stands for all behind first
	group        uint64 // of the arena; 0: any
	remote       uint64 // the group of a publisher whose ticks it hears; 0: any
	says         framing.Framing
	bodies       framing.Bodies
	metadata     map[string]string
	folder       string // where files are that bodies names; empty: they are not read

	clock  remoteClock
	tick   time.Duration // that motions take
	last   arena.Tick
	heard  time.Time // when the last tick came; zero: never
	rate   stage.Rate
	ticks  float64
	silent bool // it has sent nothing for a while
	timed  bool // its ticks have times that ascend
	gone   bool // it has ended; its slots stay
}

const everything = math.MaxInt

// describe takes what a source says of itself.
func (p *part) describe(metadata map[string]string) {
	p.metadata, p.says, p.bodies = metadata, framing.Parse(metadata), framing.ParseBodies(metadata)
	p.tick = p.says.Tick
}

// goOn takes over what was heard of the part before it was described anew.
func (p *part) goOn(was *part) {
	p.clock, p.last, p.heard, p.rate, p.ticks, p.timed = was.clock, was.last, was.heard, was.rate, was.ticks, was.timed
	if p.tick == 0 {
		p.tick = was.tick
	}
}

// partsOf returns the parts of a recording or a publisher: those of the writers that its metadata lists, or one.
func (v *Viewer) partsOf(name, folder string, metadata map[string]string) (parts []*part) {
	for _, w := range framing.Writers(metadata) {
		p := &part{name: w.Name, file: name, first: w.First, count: w.Count, remote: w.Group, folder: folder}
		v.dress(p, w.Metadata)
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		parts = []*part{{name: name, count: everything, folder: folder}}
		v.dress(parts[0], metadata)
	}
	return parts
}

func (p *part) has(slot int) bool { return slot >= p.first && slot-p.first < p.count }

// hear takes note of a tick that was shown at now, on the viewer's clock. A part that does not say how long its ticks
// are has ticks as long as those that come.
func (p *part) hear(t arena.Tick, now time.Duration) {
	steps, took := t.Number-p.last.Number, t.Time-p.last.Time
	if !p.heard.IsZero() && p.says.Tick == 0 && steps > 0 && steps < 1000 && took > 0 && took < time.Minute {
		one := took / time.Duration(steps)
		if p.tick == 0 || (one-p.tick).Abs() > p.tick/2 {
			p.tick = one
		}
		p.tick += (one - p.tick) / 8
	}
	p.timed = p.timed || !p.heard.IsZero() && took > 0
	p.clock.heard(t.Time, now)
	first := p.heard.IsZero()
	p.last, p.heard = t, time.Now()
	if first || steps == 0 || steps > 1<<32 { // it does not count its ticks, or began again
		steps = 1
	}
	p.ticks += float64(steps)
	p.rate.Reach(p.heard, p.ticks)
}

// A frame is the coordinates in which a part counts. Slots of different frames have batches of their own.
type frame struct {
	zUp  bool
	unit float64 // metres
}

func (p *part) frame() frame {
	f := frame{p.bodies.ZUp, p.bodies.Unit}
	if f.unit == 0 {
		f.unit = 1
	}
	return f
}

// zUp is meshfile.ZUp. A page does without that package.
var zUp = mgl32.Mat4{1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1}

// matrix turns coordinates of the frame into the scene's.
func (f frame) matrix() mgl32.Mat4 {
	m := mgl32.Scale3D(float32(f.unit), float32(f.unit), float32(f.unit))
	if f.zUp {
		m = zUp.Mul4(m)
	}
	return m
}
