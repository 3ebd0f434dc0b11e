package frametime

import (
	"context"
	"fmt"
	"runtime/trace"
	"slices"
	"time"
)

// Recorder is the stopwatch of one run. It belongs to one goroutine, the one that renders, and allocates nothing
// after NewRecorder (unless runtime/trace is on: then every phase is also a trace region of the phase's name, inside a
// region "frame"). A nil Recorder ignores every call, so that a loop is the same measured or not.
//
//	rec.Begin()
//	rec.Enter(frametime.Encode)         // from here time is Encode's
//	rec.Enter(frametime.Submit)         // from here Submit's
//	rec.Leave()                      // from here nobody's
//	rec.Add(frametime.Write, s.Write)  // measured by somebody else meanwhile
//	rec.End()
type Recorder struct {
	epoch   time.Time                  // times below count from here: time.Since reads one clock, time.Now two
	samples [numPhases][]time.Duration // [phase][frame], made by NewRecorder; only GPU may hold missing (-1)
	numbers []uint64                   // [frame], ascending: what Number said, or one more than the frame before
	n       int                        // frames recorded

	cur    [numPhases]time.Duration // the frame being measured
	number uint64                   // its number
	begun  bool                     // from Begin to End or Drop
	begin  time.Duration            // when it began
	mark   time.Duration            // when phase began
	phase  Phase                    // whose time it is
	inside bool                     // whether it is anybody's

	frame, part *trace.Region // open regions; nil without a trace
	untraced    bool          // makes no regions, whatever is traced

	charged, total time.Duration // sums over the recorded frames: of the parts, and from Begin to End
}

const missing = time.Duration(-1)

// NewRecorder returns a recorder with room for the given number of frames.
func NewRecorder(frames int) *Recorder {
	if frames < 0 {
		panic(fmt.Sprintf("frametime: NewRecorder for %d frames", frames))
	}
	r := &Recorder{epoch: time.Now(), numbers: make([]uint64, frames)}
	for p := range r.samples {
		r.samples[p] = make([]time.Duration, frames)
	}
	return r
}

// Begin starts a frame. Time is nobody's until Enter.
func (r *Recorder) Begin() {
	if r == nil {
		return
	}
	if r.n == len(r.samples[Frame]) {
		panic("frametime: Begin on a full Recorder: make it for more frames, or Reset it")
	}
	if trace.IsEnabled() && !r.untraced {
		r.frame = trace.StartRegion(context.Background(), Frame.String())
	}
	r.cur = [numPhases]time.Duration{GPU: missing}
	r.number = 0
	if r.n > 0 {
		r.number = r.numbers[r.n-1] + 1
	}
	r.inside, r.begun = false, true
	r.begin = time.Since(r.epoch)
}

// Enter ends the phase before, if any, and starts p.
func (r *Recorder) Enter(p Phase) {
	if r == nil {
		return
	}
	r.leave(time.Since(r.epoch))
	r.phase, r.inside = p, true
	if r.frame != nil {
		r.part = trace.StartRegion(context.Background(), p.String())
	}
}

// Leave ends the phase before, if any: time is nobody's until the next Enter.
func (r *Recorder) Leave() {
	if r == nil {
		return
	}
	r.leave(time.Since(r.epoch))
}

func (r *Recorder) leave(now time.Duration) {
	if r.inside {
		r.cur[r.phase] += now - r.mark
		r.inside = false
	}
	if r.part != nil {
		r.part.End()
		r.part = nil
	}
	r.mark = now
}

// Add charges p with a time that the render goroutine spent in this frame outside every Enter.
func (r *Recorder) Add(p Phase, d time.Duration) {
	if r == nil {
		return
	}
	r.cur[p] += d
}

// End ends the frame and records it.
func (r *Recorder) End() {
	if r == nil {
		return
	}
	now := time.Since(r.epoch)
	if !r.begun {
		panic("frametime: End without Begin")
	}
	r.leave(now)
	r.cur[Frame] = now - r.begin
	for p := range r.samples {
		r.samples[p][r.n] = r.cur[p]
	}
	r.numbers[r.n] = r.number
	for p := Simulate; p <= Wait; p++ {
		r.charged += r.cur[p]
	}
	r.total += r.cur[Frame]
	r.n++
	r.close()
}

// Drop ends the frame and forgets it: nothing was drawn.
func (r *Recorder) Drop() {
	if r == nil {
		return
	}
	r.leave(r.mark)
	r.close()
}

func (r *Recorder) close() {
	r.begun = false
	if r.frame != nil {
		r.frame.End()
		r.frame = nil
	}
}

// Number gives the frame being measured a number, by which Late knows it; numbers must ascend. Without it, a frame's
// number is one more than that of the frame before, and the first one's 0.
func (r *Recorder) Number(n uint64) {
	if r == nil {
		return
	}
	if r.n > 0 && n <= r.numbers[r.n-1] {
		panic("frametime: the numbers of frames must ascend")
	}
	r.number = n
}

// Late gives p's time for a frame already recorded that was known late, as the GPU's, or spent on other goroutines; it
// adds to no sum. Frames that were never recorded are ignored.
func (r *Recorder) Late(p Phase, number uint64, d time.Duration) {
	if r == nil {
		return
	}
	if i, ok := slices.BinarySearch(r.numbers[:r.n], number); ok {
		r.samples[p][i] = d
	}
}

// Reset forgets every frame, as after a warm-up.
func (r *Recorder) Reset() {
	if r == nil {
		return
	}
	r.n, r.charged, r.total = 0, 0, 0
}

// Len is the number of frames recorded.
func (r *Recorder) Len() int {
	if r == nil {
		return 0
	}
	return r.n
}

// explained is the fraction of the recorded frames' time that their parts account for, 0 with no frames.
func (r *Recorder) explained() float64 {
	if r == nil || r.total == 0 {
		return 0
	}
	return float64(r.charged) / float64(r.total)
}

// micros returns p's times in microseconds, frame by frame. GPU leaves out frames whose timestamps never came: it is
// empty on a device without any.
func (r *Recorder) micros(p Phase) []float64 {
	if r == nil {
		return []float64{}
	}
	us := make([]float64, 0, r.n)
	for _, d := range r.samples[p][:r.n] {
		if d != missing {
			us = append(us, float64(d)/1e3)
		}
	}
	return us
}

// cost measures what a Recorder itself adds to a frame that goes through every phase.
func cost() time.Duration {
	const frames = 1000
	r := NewRecorder(frames)
	r.untraced = true // these are nobody's frames
	start := time.Now()
	for range frames {
		r.Begin()
		r.Enter(Simulate)
		r.Enter(Wait)
		r.Leave()
		r.Add(Descend, 1)
		r.Add(Plan, 1)
		r.Add(Write, 1)
		r.Enter(Encode)
		r.Enter(Submit)
		r.Enter(Wait)
		r.End()
	}
	return time.Since(start) / frames
}
