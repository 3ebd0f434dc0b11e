package upload_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

var (
	matrixFile = flag.String("matrix", "", "write what BenchmarkStrategy measured to this `file`, as JSON")
	measure    = flag.Bool("measure", false, "let BenchmarkStrategy reckon with costs that Measure finds before it starts, not with the defaults")
)

// A matrix is what BenchmarkStrategy measured, as -matrix writes it.
type matrix struct {
	Schema  int          `json:"schema"`
	Adapter string       `json:"adapter"`
	Costs   upload.Costs `json:"costs"` // fixed before the run
	Points  []point      `json:"points"`
}

// A point is one cell of the matrix: the median frame of each strategy.
type point struct {
	Slots   int               `json:"slots"`
	Dirty   float64           `json:"dirty"` // part of the slots
	Pattern string            `json:"pattern"`
	Frames  int               `json:"frames"`
	Took    map[string]sample `json:"took"`         // by strategy
	Ratio   float64           `json:"auto_to_best"` // Auto's time over the best of the four
}

type sample struct {
	Micros  float64 `json:"us"` // Upload and waiting until the GPU is done
	Calls   int     `json:"calls"`
	Submits int     `json:"submits"`
	Bytes   int     `json:"bytes"`
}

var (
	matrixSlots    = []int{10_000, 100_000, 1_000_000, 1_600_000}
	matrixDirty    = []float64{0.0001, 0.001, 0.01, 0.1, 1}
	matrixPatterns = []string{"random", "clustered", "strided"}
)

// A rule is how a row of the matrix uploads a delta: by a strategy, or by one of the fixed rules that are in use
// elsewhere, which look at the delta alone and at no costs.
type rule struct {
	name string
	pick func(d arena.Delta) upload.Strategy
}

// rules are Auto, the four that it chooses among, and two fixed rules: everything from 15% of the slots on, and
// everything from 33 ranges or 60% of the slots on; else range by range.
var rules = func() (rs []rule) {
	for _, s := range five {
		rs = append(rs, rule{s.String(), func(arena.Delta) upload.Strategy { return s }})
	}
	fixed := func(everything func(d arena.Delta) bool) func(arena.Delta) upload.Strategy {
		return func(d arena.Delta) upload.Strategy {
			if everything(d) {
				return upload.Full
			}
			return upload.Ranges
		}
	}
	return append(rs,
		rule{"from15%", fixed(func(d arena.Delta) bool { return 100*d.Updated >= 15*d.HighWater })},
		rule{"from33or60%", fixed(func(d arena.Delta) bool { return len(d.Ranges) >= 33 || 100*d.Updated >= 60*d.HighWater })})
}()

// BenchmarkStrategy times all strategies and the fixed rules of others on every point of the matrix, side by side on
// the same deltas, from Upload to the GPU being done. With -matrix FILE the medians go to a file.
func BenchmarkStrategy(b *testing.B) {
	device, info := openAdapter(b)
	out := matrix{Schema: 1, Adapter: info.DriverDescription, Costs: upload.DefaultCosts(info.AdapterType)}
	if *measure {
		var err error
		if out.Costs, err = upload.Measure(device); err != nil {
			b.Fatal(err)
		}
	}
	for _, slots := range matrixSlots {
		var set *strategySet
		for _, dirty := range matrixDirty {
			for _, pattern := range matrixPatterns {
				b.Run(fmt.Sprintf("slots=%d/dirty=%g%%/%s", slots, dirty*100, pattern), func(b *testing.B) {
					if set == nil {
						set = newStrategySet(b, device, slots, out.Costs)
					}
					p := set.measure(b, dirty, pattern)
					if b.N > 1 || *matrixFile != "" {
						out.Points = slices.DeleteFunc(out.Points, func(q point) bool {
							return q.Slots == p.Slots && q.Dirty == p.Dirty && q.Pattern == p.Pattern
						})
						out.Points = append(out.Points, p)
					}
				})
			}
		}
		if set != nil {
			set.release()
		}
	}
	over := func(limit float64) (n int) {
		for _, p := range out.Points {
			if p.Ratio > limit {
				n++
			}
		}
		return n
	}
	b.Logf("costs %+v", out.Costs)
	for _, r := range rules[len(five):] {
		var times []float64
		worse := 0
		for _, p := range out.Points {
			x := p.Took[r.name].Micros / p.Took["auto"].Micros
			times = append(times, x)
			if x > 1.25 {
				worse++
			}
		}
		if slices.Sort(times); len(times) > 0 {
			b.Logf("%s against auto: median %.2f, least %.2f, most %.1f times; over 1.25 on %d of %d points",
				r.name, times[len(times)/2], times[0], times[len(times)-1], worse, len(times))
		}
	}
	b.Logf("auto against the best of four: over 1.25 on %d of %d points, over 2 on %d", over(1.25), len(out.Points), over(2))
	if *matrixFile != "" {
		text, err := json.MarshalIndent(out, "", "  ")
		if err == nil {
			err = os.WriteFile(*matrixFile, append(text, '\n'), 0o644)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// A strategySet is one arena and an uploader of each rule, all fed the same deltas.
type strategySet struct {
	device    *wgpu.Device
	arena     *arena.Arena[mat]
	span      arena.Span[mat]
	uploaders []*upload.Uploader[mat]
	rng       *rand.Rand
}

func newStrategySet(b *testing.B, d *wgpu.Device, slots int, c upload.Costs) *strategySet {
	s := &strategySet{device: d, arena: newArena(b, arena.Config[mat]{MaxSlots: slots}), rng: rand.New(rand.NewPCG(7, 7))}
	var err error
	if s.span, err = s.arena.AllocSpan(slots, mat{}); err != nil {
		b.Fatal(err)
	}
	s.arena.Descend()
	for range rules {
		u, err := upload.New(d, s.arena, upload.Config{Costs: c})
		if err != nil {
			b.Fatal(err)
		}
		s.uploaders = append(s.uploaders, u)
		if _, err := u.Upload(); err != nil {
			b.Fatal(err)
		}
	}
	s.wait()
	return s
}

func (s *strategySet) release() {
	for _, u := range s.uploaders {
		u.Release()
	}
}

// wait until the GPU has done what was written and submitted.
func (s *strategySet) wait() {
	gpu.Wait(s.device)
}

// touch changes a part of the slots: spread at random, in runs of up to 256, or evenly apart.
func (s *strategySet) touch(part float64, pattern string, frame int) {
	n := s.span.Len()
	want := max(1, int(float64(n)*part+0.5))
	v := mat{float32(frame)}
	switch pattern {
	case "random":
		for _, i := range s.rng.Perm(n)[:want] {
			s.span.Set(i, &v)
		}
	case "clustered":
		const run = 256
		for want > 0 {
			first, k := s.rng.IntN(n), min(want, run)
			if part == 1 {
				first, k = 0, n
			}
			for i := first; i < min(first+k, n); i++ {
				s.span.Set(i, &v)
			}
			want -= k
		}
	case "strided":
		for i, step := frame%max(1, n/want), max(1, n/want); i < n; i += step {
			s.span.Set(i, &v)
		}
	}
	s.span.Flush()
}

func (s *strategySet) measure(b *testing.B, part float64, pattern string) point {
	p := point{Slots: s.span.Len(), Dirty: part, Pattern: pattern, Took: map[string]sample{}}
	times := make([][]time.Duration, len(rules))
	for frame := range b.N + 1 { // the first warms up
		s.touch(part, pattern, frame)
		delta := s.arena.Descend()
		for _, i := range s.rng.Perm(len(rules)) {
			upload.SetStrategy(s.uploaders[i], rules[i].pick(delta))
			s.wait() // for what the one before left to clean up
			start := time.Now()
			stats, err := s.uploaders[i].Upload()
			if err != nil {
				b.Fatal(err)
			}
			s.wait()
			if took := time.Since(start); frame > 0 {
				times[i] = append(times[i], took)
			}
			p.Took[rules[i].name] = sample{Calls: stats.Calls, Submits: stats.Submits, Bytes: stats.Bytes}
		}
	}
	best := 0.0
	for i, r := range rules {
		slices.Sort(times[i])
		took := p.Took[r.name]
		took.Micros = float64(times[i][len(times[i])/2].Nanoseconds()) / 1e3
		p.Took[r.name] = took
		b.ReportMetric(took.Micros, r.name+"-µs")
		if i > 0 && i < len(five) && (best == 0 || took.Micros < best) {
			best = took.Micros
		}
	}
	p.Frames = b.N
	p.Ratio = p.Took["auto"].Micros / best
	b.ReportMetric(p.Ratio, "auto/best")
	b.ReportMetric(0, "ns/op") // it would be the sum of all
	return p
}
