package frametime

import (
	"context"
	"fmt"
	"runtime/trace"
	"slices"
	"time"
)

// Recorder is the stopwatch of a run. It belongs to one goroutine, the one that renders. After NewRecorder it allocates
// nothing. A nil Recorder ignores all calls, so that a loop is the same with and without measuring.
//
//	rec.Begin()
//	rec.Enter(frametime.Encode)       // from here on the time counts for Encode
//	rec.Enter(frametime.Submit)       // from here on for Submit
//	rec.Leave()                       // from here on for no phase
//	rec.Add(frametime.Write, s.Write) // a time that the renderer measured meanwhile
//	rec.End()
//
// While runtime/trace is on, each phase is also a trace region of its name, in a region "frame", and these allocate.
type Recorder struct {
	epoch   time.Time                  // the times below count from here: time.Since reads one clock, time.Now two
	samples [numPhases][]time.Duration // [phase][frame]; only GPU may hold missing (-1)
	numbers []uint64                   // [frame], ascending: set by SetNumber, or one more than the frame before
	n       int                        // recorded frames

	cur    [numPhases]time.Duration // the frame that is being measured
	number uint64                   // its number
	begun  bool                     // from Begin to End or Drop
	begin  time.Duration            // when the frame began
	mark   time.Duration            // when the phase began
	phase  Phase                    // the phase that the time counts for
	inside bool                     // there is such a phase

	frame, part *trace.Region // the open regions; nil without a trace
	untraced    bool          // makes no regions

	charged, total time.Duration // sums over the recorded frames: of the phases, and from Begin to End
}

const missing = time.Duration(-1)

// NewRecorder returns a recorder with room for a number of frames.
func NewRecorder(frames int) *Recorder {
	if frames < 0 {
		panic(fmt.Sprintf("frametime: NewRecorder for %d frames: the number must not be negative", frames))
	}
	r := &Recorder{epoch: time.Now(), numbers: make([]uint64, frames)}
	for p := range r.samples {
		r.samples[p] = make([]time.Duration, frames)
	}
	return r
}

// Begin begins a frame. Until Enter the time counts for no phase. It panics if there is no room for the frame.
func (r *Recorder) Begin() {
	if r == nil {
		return
	}
	if r.n == len(r.samples[Frame]) {
		panic("frametime: Begin on a full Recorder: make it for more frames, or call Reset")
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

// Enter ends the phase before, if there is one, and begins p.
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

// Leave ends the phase before, if there is one. Until the next Enter the time counts for no phase.
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

// Add adds to p a time that the render goroutine spent in this frame while no phase was entered.
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

// Drop ends the frame and does not record it. Call it if nothing was drawn.
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

// SetNumber sets the number of the frame, by which SetLate finds it. Without SetNumber, a frame has the number of the
// frame before plus 1, and the first frame has 0. It panics if the number is not above that of the frame before.
func (r *Recorder) SetNumber(n uint64) {
	if r == nil {
		return
	}
	if r.n > 0 && n <= r.numbers[r.n-1] {
		panic(fmt.Sprintf("frametime: SetNumber %d after %d: the numbers must ascend", n, r.numbers[r.n-1]))
	}
	r.number = n
}

// SetLate sets p's time in a recorded frame: a time that is known late, such as the GPU's, or that other goroutines
// spent. It counts in no sum. A frame that was not recorded is ignored.
func (r *Recorder) SetLate(p Phase, number uint64, d time.Duration) {
	if r == nil {
		return
	}
	if i, ok := slices.BinarySearch(r.numbers[:r.n], number); ok {
		r.samples[p][i] = d
	}
}

// Reset forgets all frames. Call it after a warm-up.
func (r *Recorder) Reset() {
	if r == nil {
		return
	}
	r.n, r.charged, r.total = 0, 0, 0
}

// Len returns the number of recorded frames.
func (r *Recorder) Len() int {
	if r == nil {
		return 0
	}
	return r.n
}

// explained returns the part of the recorded frames' time that their phases add up to, 0 without frames.
func (r *Recorder) explained() float64 {
	if r == nil || r.total == 0 {
		return 0
	}
	return float64(r.charged) / float64(r.total)
}

// micros returns p's times in microseconds, frame by frame. GPU leaves out frames whose timestamps did not come. On a
// device without timestamps it is empty.
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

// cost measures the time that a Recorder itself adds to a frame that goes through all phases.
func cost() time.Duration {
	const frames = 1000
	r := NewRecorder(frames)
	r.untraced = true // these are not frames of the program
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
