package record_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

// BenchmarkAppend is what recording takes from the goroutine of a frame in which 3,000 matrices have changed, beside
// plain copies of the same bytes. Between two frames something walks through 8 MiB, as drawing does, so that what a
// frame touched is in no near cache when the next one comes. Frames take turns: with Append; with a copy to where the
// last but one went; with a copy that fits the first-level cache, again and again; with nothing. "then" is a copy of
// the mirror elsewhere right after, as an upload is: of frames with Append, while the recorder's goroutine packs, and
// with nothing.
//
//	go test -run '^$' -bench Append -benchtime 2000x -count 5 ./arena/record
func BenchmarkAppend(b *testing.B) {
	const slots = 3000
	a := newArena(b, arena.Config[mat4]{})
	group := a.NewGroup()
	span, err := group.AllocSpan(slots, mat4{})
	if err != nil {
		b.Fatal(err)
	}
	r := newRecorder(b, io.Discard, a, record.Config{})
	const apply, far, near, nothing = 0, 1, 2, 3
	var times, then [4][]time.Duration
	var copies [2][slots]mat4
	var little [128]mat4
	drawn, uploaded := make([]byte, 8<<20), make([]mat4, slots)
	for n := 0; b.Loop(); n++ {
		for i := range slots {
			span.Set(i, &mat4{0: float32(n), 12: float32(i) / float32(n+1)})
		}
		group.Commit(arena.Tick{Number: uint64(n + 1)})
		for i := 0; i < len(drawn); i += 64 {
			drawn[i]++
		}
		a.Descend()
		start := time.Now()
		switch n % 4 {
		case apply: // after frames without, all is pending
			if err := r.Append(); err != nil {
				b.Fatal(err)
			}
		case far:
			copy(copies[n/4%2][:], a.Mirror())
		case near:
			for at := 0; at < slots; at += len(little) {
				copy(little[:], a.Mirror()[at:])
			}
		}
		done := time.Now()
		copy(uploaded, a.Mirror())
		times[n%4], then[n%4] = append(times[n%4], done.Sub(start)), append(then[n%4], time.Since(done))
		if n%4 == apply {
			r.Wait() // the other frames have nothing beside them
		}
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	for what, times := range map[string][]time.Duration{
		"Append-µs": times[apply], "copy-µs": times[far], "near-copy-µs": times[near], "then-µs": then[apply], "then-alone-µs": then[nothing],
	} {
		if len(times) > 0 {
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, what)
		}
	}
}

// BenchmarkAppendOne is what recording costs a frame in which one slot of a million changed: Append on the goroutine
// of the frame, packing and writing on the recorder's. A chunk ends after 100 frames, no key frame is due. Beside them
// stands a plain copy of the changed slot to cold memory.
//
//	go test -run '^$' -bench AppendOne -benchtime 2000x -count 5 ./arena/record
func BenchmarkAppendOne(b *testing.B) {
	const slots = 1_000_000
	a := newArena(b, arena.Config[mat4]{MaxSlots: slots})
	group := a.NewGroup()
	span, err := group.AllocSpan(slots, mat4{})
	if err != nil {
		b.Fatal(err)
	}
	now := time.Duration(0)
	r := newRecorder(b, io.Discard, a, record.Config{
		Keyframe: time.Hour, Chunk: time.Second, Clock: func() time.Duration { now += 10 * time.Millisecond; return now },
	})
	a.Descend()
	if err := r.Append(); err != nil {
		b.Fatal(err)
	}
	r.Wait()
	var appends, writes, copies []time.Duration
	there := slices.Clone(a.Mirror())
	for n := 0; b.Loop(); n++ {
		i := n * 7919 % slots
		span.Set(i, &mat4{0: float32(n + 1)})
		group.Commit(arena.Tick{Number: uint64(n + 1)})
		a.Descend()
		start := time.Now()
		if err := r.Append(); err != nil {
			b.Fatal(err)
		}
		appended := time.Now()
		r.Wait()
		written := time.Now()
		there[i] = a.Mirror()[i]
		copies = append(copies, time.Since(written))
		appends, writes = append(appends, appended.Sub(start)), append(writes, written.Sub(appended))
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	for what, times := range map[string][]time.Duration{"Append": appends, "write": writes, "copy": copies} {
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, what+"-µs")
		b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds())/1e3, what+"-p99-µs")
	}
}
