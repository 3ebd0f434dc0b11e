package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/timing"
)

// WriteTable shows one run to a person.
func (r *Report) WriteTable(w io.Writer) error {
	b := bufio.NewWriter(w)
	c := r.Config
	fmt.Fprintf(b, "%s\n%s\n", r.title(), r.place())
	if r.Interrupted {
		fmt.Fprintf(b, "interrupted after %s of %s frames\n", count(float64(r.Frames)), count(float64(c.Frames)))
	}
	if r.Frames == 0 {
		return b.Flush()
	}
	fmt.Fprintf(b, "\n%-10s %10s %10s %10s %10s %10s %7s\n", "µs", "p50", "p95", "p99", "max", "mean", "share")
	frame := r.Phases[timing.Frame.String()]
	for _, p := range []timing.Phase{timing.Simulate, timing.Descend, timing.Plan, timing.Write, timing.Encode,
		timing.Submit, timing.Wait, timing.Frame, timing.GPU} {
		s := r.Phases[p.String()]
		if s == nil {
			fmt.Fprintf(b, "%-10s %10s  (this device has no timestamps)\n", p, "–")
			continue
		}
		share := ""
		switch {
		case p == timing.GPU:
			share = "beside"
		case frame.Mean > 0:
			share = fmt.Sprintf("%.1f%%", 100*s.Mean/frame.Mean)
		}
		fmt.Fprintf(b, "%-10s %10s %10s %10s %10s %10s %7s\n", p, micros(s.P50), micros(s.P95), micros(s.P99), micros(s.Max), micros(s.Mean), share)
	}
	if s := r.Streaming; s != nil {
		fmt.Fprintf(b, "%-10s %10s %10s %10s %10s %10s  descend to submit together\n", "streaming", micros(s.P50), micros(s.P95), micros(s.P99), micros(s.Max), micros(s.Mean))
	}
	u, m := r.Upload, r.Memory
	fmt.Fprintf(b, "\n%-10s %s, %s, %s a frame; frames by strategy: ranges %d, merged %d, scatter %d, full %d\n",
		"upload", plural(u.CallsPerFrame, "call"), plural(u.RangesPerFrame, "range"), plural(u.BytesPerFrame, "byte"),
		u.StrategyFrames.Ranges, u.StrategyFrames.Merged, u.StrategyFrames.Scatter, u.StrategyFrames.Full)
	fmt.Fprintf(b, "%-10s %s live, %s updated a frame, %d torn in all\n", "arena", count(float64(r.Arena.Live)), count(r.Arena.UpdatedPerFrame), r.Arena.TornTotal)
	if m.Audited == 0 {
		fmt.Fprintf(b, "%-10s allocations not counted: the run was interrupted\n", "memory")
	} else {
		fmt.Fprintf(b, "%-10s %s (%s) a frame here, %s (%s) in the bindings\n", "memory",
			plural(m.AllocsPerFrame, "allocation"), plural(m.BytesPerFrame, "byte"), count(m.BindingAllocsPerFrame), count(m.BindingBytesPerFrame))
	}
	share := ""
	if frame.P50 > 0 {
		share = fmt.Sprintf(", %.2f%% of it", 100*r.Measuring/frame.P50)
	}
	fmt.Fprintf(b, "%-10s parts explain %.1f%% of the frame; measuring takes %s µs%s\n", "timing", 100*r.Explained, micros(r.Measuring), share)
	return b.Flush()
}

// WriteMatrixTable shows several runs to a person: a row for each scene, a column for each strategy.
func WriteMatrixTable(w io.Writer, rs []Report) error {
	if len(rs) == 0 {
		return nil
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\n\n", rs[0].place())
	scenes, strategies, cells := grid(rs)
	fmt.Fprintf(b, "streaming, µs a frame (p50): descend, plan, write, encode and submit\n\n%-28s %9s %9s", "", "updated", "simulate")
	for _, s := range strategies {
		fmt.Fprintf(b, " %9s", s)
	}
	fmt.Fprintln(b)
	for _, scene := range scenes {
		updated, simulate, row := "", "", ""
		for _, s := range strategies {
			cell := ""
			if r := cells[scene][s]; r != nil && r.Streaming != nil {
				cell = micros(r.Streaming.P50)
				updated, simulate = count(r.Arena.UpdatedPerFrame), micros(r.median(timing.Simulate))
			}
			row += fmt.Sprintf(" %9s", cell)
		}
		fmt.Fprintf(b, "%-28s %9s %9s%s\n", scene, updated, simulate, row)
	}
	return b.Flush()
}

// grid sorts runs into scenes (all of the name but the strategy), in the order in which they come, and strategies.
func grid(rs []Report) (scenes, strategies []string, cells map[string]map[string]*Report) {
	cells = make(map[string]map[string]*Report)
	for i := range rs {
		r := &rs[i]
		scene := r.scene()
		if cells[scene] == nil {
			cells[scene] = make(map[string]*Report)
			scenes = append(scenes, scene)
		}
		if !slices.Contains(strategies, r.Config.Upload) {
			strategies = append(strategies, r.Config.Upload)
		}
		cells[scene][r.Config.Upload] = r
	}
	return scenes, strategies, cells
}

func (r *Report) scene() string {
	c := r.Config
	if c.Pattern == "sim" {
		return plural(c.Cubes, "cube") + ", sim"
	}
	return fmt.Sprintf("%s, %s %s", plural(c.Cubes, "cube"), percent(c.Moving), c.Pattern)
}

func (r *Report) title() string {
	c := r.Config
	parts := []string{r.scene(), "upload " + c.Upload, fmt.Sprintf("%d×%d", c.Width, c.Height)}
	if c.MSAA > 1 {
		parts = append(parts, fmt.Sprintf("msaa %d", c.MSAA))
	}
	if c.Look != "" {
		parts = append(parts, c.Look)
	}
	if c.Workers > 0 {
		parts = append(parts, plural(c.Workers, "worker"))
	}
	for _, flag := range []struct {
		on   bool
		name string
	}{{c.Free, "free"}, {c.Fountain, "fountain"}, {c.Window, "window"}, {c.VSync, "vsync"}} {
		if flag.on {
			parts = append(parts, flag.name)
		}
	}
	return strings.Join(append(parts, plural(r.Frames, "frame")), " · ")
}

func (r *Report) place() string {
	parts := []string{r.Adapter.Name, r.Adapter.Backend, r.Adapter.Type}
	if r.Machine.CPU != "" {
		parts = append(parts, r.Machine.CPU)
	}
	if r.Machine.CPUs > 0 {
		parts = append(parts, plural(r.Machine.CPUs, "core"))
	}
	return strings.Join(append(parts, r.Machine.Go), " · ")
}

// micros formats microseconds to three digits or to the microsecond.
func micros(us float64) string {
	switch {
	case us == 0:
		return "0"
	case us < 10:
		return strconv.FormatFloat(us, 'f', 2, 64)
	case us < 100:
		return strconv.FormatFloat(us, 'f', 1, 64)
	}
	return count(us)
}

// count formats a number with thousands apart, and with a decimal if it is small and has one.
func count(x float64) string {
	if x < 100 && x != float64(int64(x)) {
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	s := strconv.FormatFloat(x, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func percent(fraction float64) string {
	return strconv.FormatFloat(100*fraction, 'g', 4, 64) + "%"
}

// plural is a number and what it counts, in the singular if the number reads as one.
func plural[N int | float64](n N, noun string) string {
	number := count(float64(n))
	if number != "1" {
		noun += "s"
	}
	return number + " " + noun
}
