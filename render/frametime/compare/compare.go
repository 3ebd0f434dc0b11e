// Package compare tells what changed between two runs of a program whose frames were timed: what is slower, what is
// faster, what noise explains, and where there are too few frames to tell.
package compare

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/perf/benchmath"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/internal/numbers"
)

const (
	// risk is the chance that a comparison calls noise a change anywhere: each of its tests gets its share (Bonferroni).
	risk = 0.05

	// floor is the smallest slowdown, in µs a frame, that counts as a regression: a phase of 0.2 µs that now takes
	// 0.3 is 50% slower and no one's trouble.
	floor = 1.0
)

// Result is what changed between two runs or two matrices, for each run that is in both.
type Result struct {
	Threshold float64 // percent
	Alpha     float64 // of each test
	Pairs     []Pair
	Unpaired  []string // names of runs in one of the files only
}

// Pair is one run in both files.
type Pair struct {
	Name    string
	Differs []string // "what: old → new", where the two were not asked for the same or not made on the same machine
	Changes []Change // by phase, in the order of a frame
}

// Change is what became of one phase.
type Change struct {
	Phase      frametime.Phase
	Old, New   benchmath.Summary // median of the block medians with its 95% confidence interval, µs
	Test       benchmath.Comparison
	Regression bool // significantly slower, by more than the threshold and the floor
}

// Percent is the change of the median, positive if slower.
func (c Change) Percent() float64 {
	if c.Old.Center == c.New.Center {
		return 0
	}
	return 100 * (c.New.Center - c.Old.Center) / c.Old.Center
}

// Told says whether the test could have told the two apart at all: with few frames even the clearest difference is no
// more than noise may be.
func (c Change) Told() bool { return leastP(c.Test.N1, c.Test.N2) < c.Test.Alpha }

// leastP is the p-value of the clearest difference between samples of n and m: every one of them on its side. Of the
// orders that noise gives them, all alike, two are that clear.
func leastP(n, m int) float64 {
	p := 2.0
	for i := 1; i <= n; i++ { // 2 / (n+m choose n)
		p *= float64(i) / float64(m+i)
	}
	return p
}

// Significant says whether the test tells the two from noise.
func (c Change) Significant() bool { return c.Test.P < c.Test.Alpha }

// Compare tests every phase of every run that both files hold, by the Mann-Whitney U test on the medians of blocks of
// frames. Of two single runs, each a file, names need not agree: what differs is listed. Of runs with one name the
// first in the one file goes with the first in the other, and so on. A phase regressed if it is significantly slower
// by more than threshold percent and by more than 1 µs.
func Compare(old, new []frametime.Report, threshold float64) (Result, error) {
	c := Result{Threshold: threshold}
	if !(threshold >= 0) {
		return c, fmt.Errorf("a threshold of %v: it must be a percentage, 0 or more", threshold)
	}
	var both [][2]*frametime.Report
	if len(old) == 1 && len(new) == 1 {
		both = append(both, [2]*frametime.Report{&old[0], &new[0]})
	} else {
		byName := make(map[string][]*frametime.Report) // those that have no partner yet
		for i := range new {
			name := new[i].ID()
			byName[name] = append(byName[name], &new[i])
		}
		for i := range old {
			name := old[i].ID()
			if left := byName[name]; len(left) > 0 {
				both = append(both, [2]*frametime.Report{&old[i], left[0]})
				byName[name] = left[1:]
			} else {
				c.Unpaired = append(c.Unpaired, name)
			}
		}
		for i := range new {
			if name := new[i].ID(); slices.Contains(byName[name], &new[i]) {
				c.Unpaired = append(c.Unpaired, name)
			}
		}
	}
	for _, b := range both {
		for _, r := range b {
			if len(r.Samples[frametime.Frame.String()]) == 0 {
				return c, fmt.Errorf("the run %q has no frames", r.ID())
			}
		}
	}
	if len(both) == 0 {
		return c, errors.New("the two files have no run in common")
	}
	c.Alpha = risk / float64(len(both)*frametime.NumPhases)
	for _, b := range both {
		c.Pairs = append(c.Pairs, c.pair(b[0], b[1]))
	}
	return c, nil
}

func (c *Result) pair(old, new *frametime.Report) Pair {
	p := Pair{Name: old.ID(), Differs: differences(old, new)}
	thresholds := benchmath.Thresholds{CompareAlpha: c.Alpha}
	for _, phase := range frametime.Phases() {
		a, b := old.Samples[phase.String()], new.Samples[phase.String()]
		if len(a) == 0 || len(b) == 0 {
			continue // gpu, where a device has no timestamps
		}
		before := benchmath.NewSample(frametime.BlockMedians(a), &thresholds)
		after := benchmath.NewSample(frametime.BlockMedians(b), &thresholds)
		change := Change{
			Phase: phase,
			Old:   benchmath.AssumeNothing.Summary(before, 0.95),
			New:   benchmath.AssumeNothing.Summary(after, 0.95),
			Test:  benchmath.AssumeNothing.Compare(before, after),
		}
		change.Regression = change.Significant() && change.Percent() > c.Threshold && change.New.Center-change.Old.Center > floor
		p.Changes = append(p.Changes, change)
	}
	return p
}

// differences lists what was not the same in the two runs, apart from what they measured.
func differences(old, new *frametime.Report) []string {
	var out []string
	for _, s := range [][2]any{{old.Adapter, new.Adapter}, {old.Machine, new.Machine}} {
		a, b := reflect.ValueOf(s[0]), reflect.ValueOf(s[1])
		for i := range a.NumField() {
			if a.Field(i).Interface() != b.Field(i).Interface() {
				what := strings.ToLower(a.Type().Name()) + "." + a.Type().Field(i).Tag.Get("json")
				out = append(out, fmt.Sprintf("%s: %v → %v", what, a.Field(i), b.Field(i)))
			}
		}
	}
	labels := slices.Clone(old.Config)
	for _, l := range new.Config {
		if !slices.ContainsFunc(labels, func(o frametime.Label) bool { return o.Name == l.Name }) {
			labels = append(labels, l)
		}
	}
	for _, l := range labels {
		if a, b := old.Config.Text(l.Name), new.Config.Text(l.Name); a != b {
			out = append(out, fmt.Sprintf("config.%s: %s → %s", l.Name, cmp.Or(a, "none"), cmp.Or(b, "none")))
		}
	}
	return out
}

// Regressions counts the phases that regressed, over all runs.
func (c *Result) Regressions() int {
	n := 0
	for _, p := range c.Pairs {
		for _, ch := range p.Changes {
			if ch.Regression {
				n++
			}
		}
	}
	return n
}

// Untold counts the phases of which too few frames were timed to tell, over all runs.
func (c *Result) Untold() int {
	n := 0
	for _, p := range c.Pairs {
		for _, ch := range p.Changes {
			if !ch.Told() {
				n++
			}
		}
	}
	return n
}

// Enough is how many frames each run needs, at the least, for a difference to be told.
func (c *Result) Enough() int {
	n := 1
	for n < frametime.MaxBlocks && leastP(n, n) >= c.Alpha {
		n++
	}
	return n
}

// WriteTable shows the comparison to a person.
func (c *Result) WriteTable(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, p := range c.Pairs {
		fmt.Fprintln(b, p.Name)
		for _, d := range p.Differs {
			fmt.Fprintf(b, "  differs in %s\n", d)
		}
		fmt.Fprintf(b, "  %-10s %20s %20s %9s\n", "p50 µs", "old", "new", "change")
		for _, ch := range p.Changes {
			change := "~"
			if !ch.Told() {
				change = "?"
			} else if ch.Significant() {
				change = "new"
				if percent := ch.Percent(); !math.IsInf(percent, 0) {
					change = fmt.Sprintf("%+.1f%%", percent)
				}
			}
			verdict := ""
			if ch.Regression {
				verdict = "  SLOWER"
			}
			fmt.Fprintf(b, "  %-10s %20s %20s %9s  p=%.3f n=%d+%d%s\n",
				ch.Phase, noisy(ch.Old), noisy(ch.New), change, ch.Test.P, ch.Test.N1, ch.Test.N2, verdict)
		}
		fmt.Fprintln(b)
	}
	for _, name := range c.Unpaired {
		fmt.Fprintf(b, "in one file only: %s\n", name)
	}
	fmt.Fprintf(b, "~ is a change that noise explains (Mann-Whitney U on the medians of %d blocks of frames, α=%.2g);\n"+
		"± is half the 95%% confidence interval of the median.\n", frametime.MaxBlocks, c.Alpha)
	untold := c.Untold()
	if untold > 0 {
		fmt.Fprintf(b, "? is a change that so few frames cannot tell from noise, however large: time %d or more in each run.\n", c.Enough())
	}
	if n := c.Regressions(); n > 0 {
		fmt.Fprintf(b, "%s slower by more than %g%%.\n", numbers.Plural(n, "phase"), c.Threshold)
	} else if untold > 0 {
		fmt.Fprintf(b, "Too few frames to tell whether %s got slower.\n", numbers.Plural(untold, "phase"))
	} else {
		fmt.Fprintf(b, "Nothing slower by more than %g%%.\n", c.Threshold)
	}
	return b.Flush()
}

// noisy formats a median and its noise: "1,234 ± 2%".
func noisy(s benchmath.Summary) string {
	noise := "∞" // too few samples
	if half := (s.Hi - s.Lo) / 2; !math.IsInf(half, 0) && !math.IsNaN(half) && s.Center > 0 {
		noise = fmt.Sprintf("%.0f%%", 100*half/s.Center)
	} else if half == 0 {
		noise = "0%"
	}
	return numbers.Micros(s.Center) + " ± " + noise
}
