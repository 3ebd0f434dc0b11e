package frametime

import (
	"bufio"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// WriteBenchfmt writes runs as Go benchmark results for benchstat
// (https://go.dev/design/14313-benchmark-format): a line for each phase and each of the run's blocks, so that benchstat
// has independent samples to compare, and the frame's lines carry what was uploaded and allocated as well. The labels
// that settings names become lines of configuration, which benchstat keeps apart.
func WriteBenchfmt(w io.Writer, rs []Report, settings ...string) error {
	b := bufio.NewWriter(w)
	for i := range rs {
		r := &rs[i]
		kvs := [][2]string{{"goos", r.Machine.OS}, {"goarch", r.Machine.Arch}, {"pkg", program()},
			{"cpu", r.Machine.CPU}, {"adapter", r.Adapter.Name}, {"backend", r.Adapter.Backend}}
		for _, name := range settings {
			kvs = append(kvs, [2]string{name, r.Config.Text(name)})
		}
		for _, kv := range kvs {
			if value := strings.Join(strings.Fields(kv[1]), " "); value != "" {
				fmt.Fprintf(b, "%s: %s\n", kv[0], value)
			}
		}
		for _, p := range Phases() {
			samples := r.Samples[p.String()]
			for _, block := range blocks(samples) {
				fmt.Fprintf(b, "BenchmarkFrame/%s/phase=%s-%d %d %.1f ns/op", r.ID(), p, max(1, r.Machine.CPUs), len(block), 1e3*medianOf(block))
				if p == Frame {
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

// program is the path of this program's main package.
func program() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Path
	}
	return ""
}
