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

// WriteBenchfmt writes runs as Go benchmark results, for benchstat (https://go.dev/design/14313-benchmark-format).
//
// A run is cut into at most 20 blocks of successive frames, and each phase gets a line for each block: the median of a
// block's times. So benchstat compares independent samples; the times of neighbouring frames are not independent. The
// lines of the phase "frame" also carry the uploads and the allocations.
//
// settings names the labels that become configuration lines, by which benchstat keeps runs apart. Such a name must
// begin with a small letter and must have no capitals, spaces or colons.
func WriteBenchfmt(w io.Writer, rs []Report, settings ...string) error {
	for _, name := range settings {
		if !isKey(name) {
			return fmt.Errorf("frametime: the setting %q: in the benchmark format a name must begin with a small letter "+
				"and have no capitals, spaces or colons", name)
		}
	}
	b := bufio.NewWriter(w)
	set := make(map[string]bool) // keys that had a value
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
				set[kv[0]] = true
			case set[kv[0]]: // otherwise the value of the run before would count for this one, too
				fmt.Fprintf(b, "%s:\n", kv[0])
			}
		}
		name := strings.Map(func(c rune) rune {
			if unicode.IsSpace(c) {
				return '_' // as in package testing: a name ends at a space
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

// isKey reports whether a configuration line can have the name.
func isKey(name string) bool {
	for i, c := range name {
		if i == 0 && !unicode.IsLower(c) || unicode.IsSpace(c) || unicode.IsUpper(c) || c == ':' {
			return false
		}
	}
	return name != ""
}

// program returns the path of this program's main package.
func program() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Path
	}
	return ""
}
