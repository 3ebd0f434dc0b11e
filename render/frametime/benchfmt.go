package frametime

import (
	"bufio"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"unicode"

	"github.com/slotstream/slotstream/render/frametime/internal/stats"
)

// WriteBenchfmt writes runs as Go benchmark results for benchstat
// (https://go.dev/design/14313-benchmark-format): a line for each phase and each of the run's blocks, so that benchstat
// has independent samples to compare, and the frame's lines carry what was uploaded and allocated as well. The labels
// that settings names become lines of configuration, which benchstat keeps apart; the format wants names that begin
// with a small letter and have no capitals, spaces and colons.
func WriteBenchfmt(w io.Writer, rs []Report, settings ...string) error {
	for _, name := range settings {
		if !isKey(name) {
			return fmt.Errorf("frametime: the setting %q: the benchmark format wants a name that begins with a small letter, "+
				"without capitals, spaces and colons", name)
		}
	}
	b := bufio.NewWriter(w)
	said := make(map[string]bool) // keys that had a value
	for i := range rs {
		r := &rs[i]
		kvs := [][2]string{{"goos", r.Machine.OS}, {"goarch", r.Machine.Arch}, {"pkg", program()},
			{"cpu", r.Machine.CPU}, {"adapter", r.Adapter.Name}, {"backend", r.Adapter.Backend}}
		for _, name := range settings {
			kvs = append(kvs, [2]string{name, r.Config.Text(name)})
		}
		for _, kv := range kvs {
			switch value := strings.Join(strings.Fields(kv[1]), " "); {
			case value != "":
				fmt.Fprintf(b, "%s: %s\n", kv[0], value)
				said[kv[0]] = true
			case said[kv[0]]: // else the value of the run before would be this one's, too
				fmt.Fprintf(b, "%s:\n", kv[0])
			}
		}
		name := strings.Map(func(c rune) rune {
			if unicode.IsSpace(c) {
				return '_' // as package testing has it: a name ends at a space
			}
			return c
		}, r.ID())
		for _, p := range Phases() {
			samples := r.Samples[p.String()]
			for _, block := range stats.Blocks(samples) {
				fmt.Fprintf(b, "BenchmarkFrame/%s/phase=%s-%d %d %.1f ns/op", name, p, max(1, r.Machine.CPUs), len(block), 1e3*stats.Median(block))
				if p == Frame {
					fmt.Fprintf(b, " %g calls/op %g ranges/op %g upload-B/op %g updated/op %g torn/op %g B/op %g allocs/op",
						r.Upload.CallsPerFrame, r.Upload.RangesPerFrame, r.Upload.BytesPerFrame, r.Arena.UpdatedPerFrame,
						float64(r.Arena.TornTotal)/float64(len(samples)), r.Memory.BytesPerFrame, r.Memory.AllocsPerFrame)
				}
				fmt.Fprintln(b)
			}
		}
	}
	return b.Flush()
}

// isKey reports whether the format takes a name as that of a line of configuration.
func isKey(name string) bool {
	for i, c := range name {
		if i == 0 && !unicode.IsLower(c) || unicode.IsSpace(c) || unicode.IsUpper(c) || c == ':' {
			return false
		}
	}
	return name != ""
}

// program is the path of this program's main package.
func program() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Path
	}
	return ""
}
