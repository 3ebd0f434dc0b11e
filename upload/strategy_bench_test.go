package upload_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

var (
	matrixFile = flag.String("matrix", "", "write the figures of BenchmarkStrategy to this `file`, as JSON")
	measure    = flag.Bool("measure", false, "let Auto choose by costs that Measure finds before the benchmark, not by the defaults")
)

// A matrix holds the figures of BenchmarkStrategy, as -matrix writes them.
type matrix struct {
	Schema  int          `json:"schema"`
	Adapter string       `json:"adapter"`
	Costs   upload.Costs `json:"costs"` // fixed before the run
	Points  []point      `json:"points"`
}

// A point is one cell of the matrix.
type point struct {
	Slots   int               `json:"slots"`
	Dirty   float64           `json:"dirty"` // part of the slots
	Pattern string            `json:"pattern"`
	Frames  int               `json:"frames"`
	Took    map[string]sample `json:"took"`         // by contender
	Ratio   float64           `json:"auto_to_best"` // Auto's time over the best of the four; 1 where both make the same calls
}

// A sample is the median frame of one contender.
type sample struct {
	Micros  float64 `json:"us"` // from the call until the GPU is done
	Calls   int     `json:"calls"`
	Submits int     `json:"submits"`
	Bytes   int     `json:"bytes"`
}

// sameCalls reports whether both contenders made the same calls, so that a difference in time is chance.
func (s sample) sameCalls(t sample) bool {
	return s.Calls == t.Calls && s.Submits == t.Submits && s.Bytes == t.Bytes
}

// BenchmarkStrategy times Auto and the four strategies that it chooses among, side by side on the same changes, from
// Upload until the GPU is done. With -matrix FILE the medians go to a file.
func BenchmarkStrategy(b *testing.B) {
	out := matrix{Schema: 1}
	out.Adapter, out.Costs, out.Points = benchmarkPoints(b, func(s *scene) (all []contender) {
		for _, strategy := range five {
			u := s.uploader(strategy)
			all = append(all, contender{strategy.String(), func(arena.Delta) sample { return s.upload(u) }})
		}
		return all
	})
	right, over := 0, map[float64]int{1.25: 0, 1.5: 0}
	for i := range out.Points {
		p := &out.Points[i]
		auto, best := p.Took["auto"], sample{}
		for _, strategy := range five[1:] {
			if s := p.Took[strategy.String()]; best.Micros == 0 || s.Micros < best.Micros {
				best = s
			}
		}
		if p.Ratio = auto.Micros / best.Micros; auto.sameCalls(best) {
			p.Ratio = 1
			right++
		}
		for limit := range over {
			if p.Ratio > limit {
				over[limit]++
			}
		}
	}
	slices.SortFunc(out.Points, func(p, q point) int { return int(1e6*q.Ratio) - int(1e6*p.Ratio) })
	b.Logf("costs %+v", out.Costs)
	b.Logf("Auto makes the calls of the best of four on %d of %d points; it takes over 1.25 times the best on %d, over 1.5 on %d",
		right, len(out.Points), over[1.25], over[1.5])
	for _, p := range out.Points[:min(3, len(out.Points))] {
		b.Logf("worst: %s: %.2f times the best", p.name(), p.Ratio)
	}
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

func (p point) name() string {
	return fmt.Sprintf("slots=%d/dirty=%g%%/%s", p.Slots, p.Dirty*100, p.Pattern)
}
