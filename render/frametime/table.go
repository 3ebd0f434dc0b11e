package frametime

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/slotstream/slotstream/render/frametime/internal/numbers"
)

// WriteTable writes the run for a person to read.
func (r *Report) WriteTable(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\n%s\n", r.Heading(), r.Place())
	if r.Interrupted {
		of := ""
		if asked, ok := r.Config.Number("frames"); ok {
			of = " of " + numbers.Count(asked)
		}
		fmt.Fprintf(b, "interrupted after %s%s frames\n", numbers.Count(float64(r.Frames)), of)
	}
	if r.Frames == 0 {
		return b.Flush()
	}
	fmt.Fprintf(b, "\n%-10s %10s %10s %10s %10s %10s %7s\n", "µs", "p50", "p95", "p99", "max", "mean", "share")
	frame := r.Phases[Frame.String()]
	for _, p := range []Phase{Simulate, Descend, Plan, Write, Encode,
		Submit, Wait, Frame, GPU} {
		s := r.Phases[p.String()]
		if s == nil {
			fmt.Fprintf(b, "%-10s %10s  (no timestamps)\n", p, "–")
			continue
		}
		share := ""
		switch {
		case p == GPU:
			share = "beside"
		case frame.Mean > 0:
			share = fmt.Sprintf("%.1f%%", 100*s.Mean/frame.Mean)
		}
		fmt.Fprintf(b, "%-10s %10s %10s %10s %10s %10s %7s\n", p,
			numbers.Micros(s.P50), numbers.Micros(s.P95), numbers.Micros(s.P99), numbers.Micros(s.Max), numbers.Micros(s.Mean), share)
	}
	if s := r.Streaming; s != nil {
		fmt.Fprintf(b, "%-10s %10s %10s %10s %10s %10s  descend to submit together\n", "streaming",
			numbers.Micros(s.P50), numbers.Micros(s.P95), numbers.Micros(s.P99), numbers.Micros(s.Max), numbers.Micros(s.Mean))
	}
	u, m := r.Upload, r.Memory
	fmt.Fprintln(b)
	if r.Arena.Live > 0 {
		fmt.Fprintf(b, "%-10s %s, %s, %s a frame; frames by strategy: ranges %d, merged %d, scatter %d, full %d\n",
			"upload", numbers.Plural(u.CallsPerFrame, "call"), numbers.Plural(u.RangesPerFrame, "range"), numbers.Plural(u.BytesPerFrame, "byte"),
			u.StrategyFrames.Ranges, u.StrategyFrames.Merged, u.StrategyFrames.Scatter, u.StrategyFrames.Full)
		fmt.Fprintf(b, "%-10s %s live, %s updated a frame, %d torn in all\n", "arena",
			numbers.Count(float64(r.Arena.Live)), numbers.Count(r.Arena.UpdatedPerFrame), r.Arena.TornTotal)
	}
	if t := r.Ticks; t != nil && t.Age != nil {
		fmt.Fprintf(b, "%-10s %s a second, %s in all", "ticks", numbers.Count(t.PerSecond), numbers.Count(float64(t.Done)))
		if t.Dropped > 0 {
			fmt.Fprintf(b, ", %s ms of their time given up", numbers.Count(1e3*t.Dropped))
		}
		fmt.Fprintf(b, "\n%-10s p50 %s, p99 %s, max %s µs from the end of a tick to that of a frame with it\n", "age",
			numbers.Micros(t.Age.P50), numbers.Micros(t.Age.P99), numbers.Micros(t.Age.Max))
	}
	if m.Audited == 0 {
		fmt.Fprintf(b, "%-10s allocations not counted\n", "memory")
	} else {
		fmt.Fprintf(b, "%-10s %s (%s) a frame here, %s (%s) in the bindings\n", "memory",
			numbers.Plural(m.AllocsPerFrame, "allocation"), numbers.Plural(m.BytesPerFrame, "byte"),
			numbers.Count(m.BindingAllocsPerFrame), numbers.Count(m.BindingBytesPerFrame))
	}
	share := ""
	if frame.P50 > 0 {
		share = fmt.Sprintf(", %.2f%% of it", 100*r.Measuring/frame.P50)
	}
	fmt.Fprintf(b, "%-10s parts explain %.1f%% of the frame; measuring takes %s µs%s\n", "timing", 100*r.Explained, numbers.Micros(r.Measuring), share)
	return b.Flush()
}

// Heading returns the title, or the ID if there is none, and the number of frames.
func (r *Report) Heading() string {
	title := r.Title
	if title == "" {
		title = r.ID()
	}
	if title != "" {
		title += " · "
	}
	return title + numbers.Plural(r.Frames, "frame")
}

// Place returns a line that describes the adapter and the machine, as far as they are known.
func (r *Report) Place() string {
	cores := ""
	if r.Machine.CPUs > 0 {
		cores = numbers.Plural(r.Machine.CPUs, "core")
	}
	known := slices.DeleteFunc([]string{r.Adapter.Name, r.Adapter.Backend, r.Adapter.Type, r.Machine.CPU, cores, r.Machine.Go},
		func(part string) bool { return part == "" })
	return strings.Join(known, " · ")
}
