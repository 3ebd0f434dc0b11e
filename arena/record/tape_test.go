package record_test

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

var tape = flag.String("tape", "", "a `recording` of bouncingcubes for BenchmarkTape; left out, it makes a short one up")

// The layouts that bouncingcubes, the examples and newTake record.
type (
	motionInstance struct {
		From  [3]float32
		Start uint32
		_     [16]float32
	}
	mat4 [16]float32
)

// BenchmarkTape plays a recording into an arena and records it again, moment by moment, then seeks and plays that: what
// the parts cost, beside a Descend and a plain copy of the same slots.
//
//	bouncingcubes -offscreen -fountain -size 64x64 -look plain -msaa 1 -frames 36000 -record demo.mcap
//	go test -run '^$' -bench Tape -benchtime 1x ./arena/record -args -tape $PWD/demo.mcap
func BenchmarkTape(b *testing.B) {
	var file io.ReaderAt
	var size int64
	if *tape == "" {
		c := newTake(b, 400, record.Config{})
		file, size = bytes.NewReader(c.file), int64(len(c.file))
	} else {
		f, err := os.Open(*tape)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			b.Fatal(err)
		}
		file, size = f, info.Size()
	}
	rec, err := record.Open(file, size)
	if err != nil {
		b.Fatal(err)
	}
	switch rec.Layout() {
	case "3float32 1uint32 16float32":
		benchmarkTape[motionInstance](b, rec)
	case "16float32":
		benchmarkTape[mat4](b, rec)
	case "12float32":
		benchmarkTape[pose](b, rec)
	default:
		b.Fatalf("a recording of %s", rec.Layout())
	}
}

func benchmarkTape[T any](b *testing.B, rec *record.Recording) {
	for b.Loop() {
		again, frames := rerecord[T](b, rec)
		copied, err := record.Open(bytes.NewReader(again), int64(len(again)))
		if err != nil {
			b.Fatal(err)
		}
		a, err := arena.New(arena.Config[T]{})
		if err != nil {
			b.Fatal(err)
		}
		p, err := record.NewPlayer(copied, a)
		if err != nil {
			b.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		var seeks []time.Duration
		for range 1000 {
			start := time.Now()
			if err := p.Seek(time.Duration(rng.Int64N(int64(copied.Duration())))); err != nil {
				b.Fatal(err)
			}
			seeks = append(seeks, time.Since(start))
		}
		start := time.Now()
		for t := time.Duration(0); t < copied.Duration(); t += time.Second / 60 {
			if err := p.Seek(t); err != nil {
				b.Fatal(err)
			}
			a.Descend()
		}
		b.ReportMetric(copied.Duration().Seconds()/time.Since(start).Seconds(), "x-played")
		b.ReportMetric(ms(seeks, 0.5), "seek-p50-ms")
		b.ReportMetric(ms(seeks, 0.99), "seek-p99-ms")
		b.ReportMetric(float64(len(again))/1e6/copied.Duration().Minutes(), "MB/minute")
		b.ReportMetric(float64(frames), "frames")
		p.Close()
	}
}

// rerecord plays rec and records it.
func rerecord[T any](b *testing.B, rec *record.Recording) (file []byte, frames int) {
	from, err := arena.New(arena.Config[T]{})
	if err != nil {
		b.Fatal(err)
	}
	p, err := record.NewPlayer(rec, from)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	var out bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&out, from, record.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		b.Fatal(err)
	}
	var descends, applies, writes, copies []time.Duration
	var scratch []byte
	slots := 0
	for ; now <= rec.Duration(); now += time.Second / 60 {
		if err := p.Seek(now); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		d := from.Descend()
		descended := time.Now()
		if len(d.Ranges) == 0 {
			continue
		}
		if err := r.Append(); err != nil {
			b.Fatal(err)
		}
		applied := time.Now()
		r.Wait()
		written := time.Now()
		scratch = scratch[:0]
		for _, g := range d.Ranges {
			slots += g.Count
			part := from.Mirror()[g.First:g.End()]
			scratch = append(scratch, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(part))), len(part)*int(unsafe.Sizeof(part[0])))...)
		}
		copies = append(copies, time.Since(written))
		descends, applies, writes = append(descends, descended.Sub(start)), append(applies, applied.Sub(descended)), append(writes, written.Sub(applied))
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(ms(copies, 0.5), "copy-p50-ms")
	b.ReportMetric(ms(descends, 0.5), "Descend-p50-ms")
	b.ReportMetric(ms(applies, 0.5), "Append-p50-ms")
	b.ReportMetric(ms(writes, 0.5), "write-p50-ms")
	b.ReportMetric(float64(slots)/float64(len(applies)), "slots/frame")
	return out.Bytes(), r.Stats().Frames
}

// ms is a quantile in milliseconds.
func ms(times []time.Duration, q float64) float64 {
	slices.Sort(times)
	return float64(times[int(float64(len(times)-1)*q)].Microseconds()) / 1000
}
