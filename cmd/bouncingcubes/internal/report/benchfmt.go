package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/timing"
)

// WriteBenchfmt writes runs as Go benchmark results for benchstat
// (https://go.dev/design/14313-benchmark-format): a line for each phase and each of the run's blocks, so that benchstat
// has independent samples to compare, and the frame's lines carry what was uploaded and allocated as well.
func WriteBenchfmt(w io.Writer, rs []Report) error {
	b := bufio.NewWriter(w)
	for i := range rs {
		r := &rs[i]
		for _, kv := range [][2]string{{"goos", r.Machine.OS}, {"goarch", r.Machine.Arch}, {"pkg", "github.com/slotstream/slotstream/cmd/bouncingcubes"},
			{"cpu", r.Machine.CPU}, {"adapter", r.Adapter.Name}, {"backend", r.Adapter.Backend},
			{"size", fmt.Sprintf("%dx%d", r.Config.Width, r.Config.Height)}, {"look", r.Config.Look}} {
			if value := strings.Join(strings.Fields(kv[1]), " "); value != "" {
				fmt.Fprintf(b, "%s: %s\n", kv[0], value)
			}
		}
		for _, p := range timing.Phases() {
			samples := r.Samples[p.String()]
			for _, block := range blocks(samples) {
				fmt.Fprintf(b, "BenchmarkFrame/%s/phase=%s-%d %d %.1f ns/op", r.Name(), p, max(1, r.Machine.CPUs), len(block), 1e3*medianOf(block))
				if p == timing.Frame {
					fmt.Fprintf(b, " %g calls/op %g ranges/op %g upload-B/op %g updated/op %g torn/op %g B/op %g allocs/op",
						r.Upload.CallsPerFrame, r.Upload.RangesPerFrame, r.Upload.BytesPerFrame, r.Arena.UpdatedPerFrame,
						float64(r.Arena.TornTotal)/float64(r.Frames), r.Memory.BytesPerFrame, r.Memory.AllocsPerFrame)
				}
				fmt.Fprintln(b)
			}
		}
	}
	return b.Flush()
}
