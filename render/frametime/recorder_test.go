package frametime

import (
	"bytes"
	"runtime/trace"
	"slices"
	"testing"
	"time"
)

// spin burns at least d on this goroutine: a sleep would measure the scheduler.
func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

func TestEveryPhaseGetsItsOwnTime(t *testing.T) {
	r := NewRecorder(2)
	for range 2 {
		r.Begin()
		r.Enter(Encode)
		spin(2 * time.Millisecond)
		r.Leave()
		spin(3 * time.Millisecond) // in no phase
		r.Add(Write, 3*time.Millisecond)
		r.Enter(Wait)
		spin(time.Millisecond)
		r.Enter(Submit)
		r.Enter(Wait) // twice in a frame adds up
		spin(time.Millisecond)
		r.End()
	}
	if r.Len() != 2 {
		t.Fatalf("Len = %d, want 2", r.Len())
	}
	for frame := range 2 {
		at := func(p Phase) float64 { return r.micros(p)[frame] }
		// Lower bounds hold on any machine, however busy; the sum holds exactly.
		if at(Encode) < 2000 || at(Wait) < 2000 || at(Write) != 3000 || at(Frame) < 7000 {
			t.Errorf("frame %d: encode %v, wait %v, write %v, frame %v µs", frame, at(Encode), at(Wait), at(Write), at(Frame))
		}
		if at(Simulate) != 0 || at(Descend) != 0 || at(Plan) != 0 {
			t.Errorf("frame %d: time in phases that were never entered", frame)
		}
		if parts := at(Encode) + at(Wait) + at(Submit); parts > at(Frame) {
			t.Errorf("frame %d: entered phases sum to %v µs of %v", frame, parts, at(Frame))
		}
	}
	if len(r.micros(GPU)) != 0 {
		t.Error("GPU has times though none were set")
	}
	sum, total := 0.0, 0.0
	for p := Simulate; p <= Wait; p++ {
		for _, us := range r.micros(p) {
			sum += us
		}
	}
	for _, us := range r.micros(Frame) {
		total += us
	}
	if got, want := r.explained(), sum/total; got < want-1e-9 || got > want+1e-9 {
		t.Errorf("Explained = %v, want %v", got, want)
	}
}

func TestLateTimes(t *testing.T) {
	r := NewRecorder(3)
	for range 3 {
		r.Begin()
		r.End()
	}
	explained := r.explained()
	r.SetLate(GPU, 2, 5*time.Microsecond)
	r.SetLate(GPU, 3, time.Second)
	if got := r.micros(GPU); len(got) != 1 || got[0] != 5 {
		t.Errorf("micros(GPU) = %v, want [5]", got)
	}
	if r.explained() != explained {
		t.Error("GPU time was added to the sum of the parts")
	}
}

// Late times find their frame by its number, with frames missing between and in any order.
func TestLateTimesByNumber(t *testing.T) {
	r := NewRecorder(4)
	for _, number := range []uint64{7, 8, 12} {
		r.Begin()
		r.SetNumber(number)
		r.End()
	}
	r.Begin() // 13
	r.End()
	for _, number := range []uint64{13, 9, 7, 0, 12, 14} {
		r.SetLate(GPU, number, time.Duration(number)*time.Microsecond)
	}
	if got := r.micros(GPU); !slices.Equal(got, []float64{7, 12, 13}) {
		t.Errorf("%v", got)
	}
	r.Reset()
	r.Begin()
	r.SetNumber(13)
	r.End()
	r.Begin()
	defer func() {
		if recover() == nil {
			t.Error("the same number twice did not panic")
		}
	}()
	r.SetNumber(13)
}

func TestDropAndReset(t *testing.T) {
	r := NewRecorder(1)
	r.Begin()
	r.Enter(Encode)
	spin(time.Millisecond)
	r.Drop()
	if r.Len() != 0 {
		t.Fatal("a dropped frame was recorded")
	}
	r.Begin()
	r.End()
	if got := r.micros(Encode)[0]; got != 0 {
		t.Errorf("the dropped frame left %v µs behind", got)
	}
	r.Reset()
	if r.Len() != 0 || r.explained() != 0 || len(r.micros(Frame)) != 0 {
		t.Error("Reset left frames behind")
	}
	r.Begin()
	r.End()
	defer func() {
		if recover() == nil {
			t.Error("Begin on a full recorder did not panic")
		}
	}()
	r.Begin()
}

func TestNilRecorderIgnoresEverything(t *testing.T) {
	var r *Recorder
	r.Begin()
	r.Enter(Encode)
	r.Leave()
	r.Add(Write, 1)
	r.SetLate(GPU, 0, 1)
	r.End()
	r.Drop()
	r.Reset()
}

func wholeFrame(r *Recorder) {
	r.Begin()
	for p := Simulate; p <= Wait; p++ {
		r.Enter(p)
	}
	r.Leave()
	r.Add(Write, 1)
	r.End()
	r.SetLate(GPU, 0, 1)
}

func TestMeasuringAllocatesNothing(t *testing.T) {
	r := NewRecorder(2)
	if n := testing.AllocsPerRun(100, func() { r.Reset(); wholeFrame(r) }); n != 0 {
		t.Errorf("%v allocations a frame, want 0", n)
	}
}

func TestTraceHasAPhaseNamedRegion(t *testing.T) {
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Fatal(err)
	}
	wholeFrame(NewRecorder(1))
	trace.Stop()
	for _, p := range Phases() {
		if p != GPU && !bytes.Contains(b.Bytes(), []byte(p.String())) {
			t.Errorf("no region %q in the trace", p)
		}
	}
}

// The frames of cost are not in the trace: a region takes two events of at least five bytes.
func TestCostIsNotTraced(t *testing.T) {
	traced := func(f func()) int {
		var b bytes.Buffer
		if err := trace.Start(&b); err != nil {
			t.Fatal(err)
		}
		f()
		trace.Stop()
		return b.Len()
	}
	whole := func() {
		for range 1000 {
			wholeFrame(NewRecorder(1))
		}
	}
	cost := func() {
		if cost() <= 0 {
			t.Error("measuring takes no time")
		}
	}
	// What else the process does meanwhile is in a trace too, now and then: the shortest of ten is without it.
	frames, none := traced(whole), traced(cost)
	for range 10 {
		frames, none = min(frames, traced(whole)), min(none, traced(cost))
	}
	if none > frames/2 {
		t.Errorf("a trace of 1000 frames has %d bytes, that of Cost %d", frames, none)
	}
}

func BenchmarkFrame(b *testing.B) {
	r := NewRecorder(1)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset()
		wholeFrame(r)
	}
}

// A nil Recorder has recorded nothing, and End without Begin panics.
func TestNoFrames(t *testing.T) {
	var none *Recorder
	if none.Len() != 0 || none.explained() != 0 || len(none.micros(Frame)) != 0 || none.Report().Frames != 0 {
		t.Error("a nil Recorder has frames")
	}
	func() {
		defer func() {
			if said := recover(); said != "frametime: NewRecorder for -1 frames: the number must not be negative" {
				t.Errorf("it says %v", said)
			}
		}()
		NewRecorder(-1)
	}()
	if got := Phase(numPhases).String(); got != "Phase(9)" {
		t.Errorf("no phase is called %q", got)
	}
	r := NewRecorder(3)
	r.Begin()
	r.End()
	for _, before := range []func(){func() {}, func() { r.Begin(); r.Drop() }} {
		func() {
			before()
			defer func() {
				if said := recover(); said != "frametime: End without Begin" || r.Len() != 1 {
					t.Errorf("%d frames, it says %v", r.Len(), said)
				}
			}()
			r.End()
		}()
	}
}
