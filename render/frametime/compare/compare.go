// Package compare tells what changed between two timed runs of a program: which phases of a frame got slower, which got
// faster, which differ by no more than noise, and of which nothing can be said.
//
//	c, err := compare.Compare(before, after, 5)
//	...
//	c.WriteTable(os.Stdout)
//	if c.Regressions() > 0 {
//		os.Exit(3)
//	}
//	if c.Untold() > 0 { // not everything could be compared, so do not report success
//		os.Exit(4)
//	}
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
	"github.com/slotstream/slotstream/render/frametime/internal/stats"
)

const (
	// risk is the probability that a comparison calls noise a change, over all of its tests together. Each test gets an
	// equal share of it (Bonferroni).
	risk = 0.05

	// floor is the smallest slowdown, in µs a frame, that counts as a regression. A phase that took 0.2 µs and now takes
	// 0.3 µs is 50% slower, and does not matter.
	floor = 1.0
)

// A Result is the comparison of two files. Compare makes it.
type Result struct {
	Threshold float64  // percent: a smaller slowdown is no regression
	Alpha     float64  // the significance level of each test
	Pairs     []Pair   // the runs that are in both files
	Unpaired  []string // the names of the runs that are in one file only

	unpaired int // phases that were timed in the runs of Unpaired
}

// A Pair is a run that is in both files.
type Pair struct {
	Name        string
	Differs     []string // "setting: old → new", for each difference in the machine, the adapter and the labels
	Interrupted []string // "old", "new" or both: the runs that ended before their last frame
	Changes     []Change // the phases that either run timed, in the order of a frame
}

// A Change is the change of one phase.
type Change struct {
	Phase      frametime.Phase
	Old, New   benchmath.Summary    // median of the block medians and its 95% confidence interval, µs; zero: not timed
	Test       benchmath.Comparison // N1 and N2 are 0 for a run that did not time the phase
	Regression bool                 // significantly slower, by more than the threshold and by more than 1 µs

	interrupted bool // one of the runs was
}

// Percent returns the change of the median in percent; it is positive if the phase got slower.
func (c Change) Percent() float64 {
	if c.Old.Center == c.New.Center {
		return 0
	}
	return 100 * (c.New.Center - c.Old.Center) / c.Old.Center
}

// Told reports whether a change of this phase could have been found: both runs timed the phase, neither was
// interrupted, and there were enough frames that noise cannot explain the largest difference.
func (c Change) Told() bool { return !c.interrupted && leastP(c.Test.N1, c.Test.N2) < c.Test.Alpha }

// leastP is the p-value of the clearest difference between samples of n and m values: each value of one is above all
// values of the other. If both are noise, every order is equally likely, and two orders are that clear.
func leastP(n, m int) float64 {
	p := 2.0
	for i := 1; i <= n; i++ { // 2 / (n+m choose n)
		p *= float64(i) / float64(m+i)
	}
	return p
}

// Significant reports whether the change is more than noise, at significance level Result.Alpha.
func (c Change) Significant() bool { return c.Test.P < c.Test.Alpha }

// Compare compares the runs of two files, phase by phase, with the Mann-Whitney U test on the medians of blocks of
// frames.
//
// Runs are paired by their names. Runs of one name are paired in their order. If each file holds one run, the two are a
// pair even if their names differ, and Differs lists the differences. A run without a partner goes to Unpaired.
//
// A phase regressed if it is significantly slower, by more than threshold percent and by more than 1 µs.
//
// It is an error if the files have no run in common, a run has no frames, or threshold is negative or not a number.
func Compare(old, new []frametime.Report, threshold float64) (Result, error) {
	c := Result{Threshold: threshold}
	if !(threshold >= 0) {
		return c, fmt.Errorf("compare: a threshold of %v: it must be a percentage, 0 or more", threshold)
	}
	both := c.match(old, new)
	for _, b := range both {
		for _, r := range b {
			if len(r.Samples[frametime.Frame.String()]) == 0 {
				return c, fmt.Errorf("compare: the run %q has no frames", r.ID())
			}
		}
	}
	if len(both) == 0 {
		return c, errors.New("compare: the two files have no run in common")
	}
	c.Alpha = risk / float64(len(both)*len(frametime.Phases()))
	for _, b := range both {
		c.Pairs = append(c.Pairs, c.pair(b[0], b[1]))
	}
	return c, nil
}

// match pairs the runs of two files, and notes those without a partner.
func (c *Result) match(old, new []frametime.Report) (both [][2]*frametime.Report) {
	if len(old) == 1 && len(new) == 1 {
		return [][2]*frametime.Report{{&old[0], &new[0]}}
	}
	alone := func(r *frametime.Report) {
		c.Unpaired = append(c.Unpaired, r.ID())
		for _, phase := range frametime.Phases() {
			if len(r.Samples[phase.String()]) > 0 {
				c.unpaired++
			}
		}
	}
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
			alone(&old[i])
		}
	}
	for i := range new {
		if slices.Contains(byName[new[i].ID()], &new[i]) {
			alone(&new[i])
		}
	}
	return both
}

func (c *Result) pair(old, new *frametime.Report) Pair {
	p := Pair{Name: old.ID(), Differs: differences(old, new)}
	if old.Interrupted {
		p.Interrupted = append(p.Interrupted, "old")
	}
	if new.Interrupted {
		p.Interrupted = append(p.Interrupted, "new")
	}
	thresholds := benchmath.Thresholds{CompareAlpha: c.Alpha}
	for _, phase := range frametime.Phases() {
		a, b := stats.BlockMedians(old.Samples[phase.String()]), stats.BlockMedians(new.Samples[phase.String()])
		if len(a) == 0 && len(b) == 0 {
			continue // gpu, on devices without timestamps
		}
		change := Change{Phase: phase, interrupted: len(p.Interrupted) > 0}
		before, after := benchmath.NewSample(a, &thresholds), benchmath.NewSample(b, &thresholds)
		if len(a) > 0 {
			change.Old = benchmath.AssumeNothing.Summary(before, 0.95)
		}
		if len(b) > 0 {
			change.New = benchmath.AssumeNothing.Summary(after, 0.95)
		}
		if len(a) > 0 && len(b) > 0 {
			change.Test = benchmath.AssumeNothing.Compare(before, after)
			change.Regression = change.Significant() && change.Percent() > c.Threshold && change.New.Center-change.Old.Center > floor
		} else {
			change.Test = benchmath.Comparison{P: 1, N1: len(a), N2: len(b), Alpha: c.Alpha}
		}
		p.Changes = append(p.Changes, change)
	}
	return p
}

// differences lists the machine, the adapter and the labels in which the two runs differ.
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
func (c *Result) Regressions() int { return c.count(func(ch Change) bool { return ch.Regression }) }

// Untold counts the phases of which nothing can be said, over all runs: phases that were timed in too few frames or in
// one run only, and all phases of an interrupted run or of a run that is in one file only. If it is above 0, a check
// must not report success.
func (c *Result) Untold() int {
	return c.unpaired + c.count(func(ch Change) bool { return !ch.Told() && !ch.Regression })
}

func (c *Result) count(is func(Change) bool) (n int) {
	for _, p := range c.Pairs {
		for _, ch := range p.Changes {
			if is(ch) {
				n++
			}
		}
	}
	return n
}

// enough is the number of frames that each run needs, at the least, for the clearest difference to be found.
func (c *Result) enough() int {
	n := 1
	for n < stats.MostBlocks && leastP(n, n) >= c.Alpha {
		n++
	}
	return n
}

// WriteTable writes the comparison for a person to read.
func (c *Result) WriteTable(w io.Writer) error {
	b := bufio.NewWriter(w)
	few := false
	for _, p := range c.Pairs {
		fmt.Fprintln(b, p.Name)
		for _, d := range p.Differs {
			fmt.Fprintf(b, "  differs in %s\n", d)
		}
		for _, run := range p.Interrupted {
			fmt.Fprintf(b, "  the %s run was interrupted before its last frame\n", run)
		}
		fmt.Fprintf(b, "  %-10s %20s %20s %9s\n", "p50 µs", "old", "new", "change")
		for _, ch := range p.Changes {
			change, note := "~", ""
			if ch.Significant() {
				change = "new"
				if percent := ch.Percent(); !math.IsInf(percent, 0) {
					change = fmt.Sprintf("%+.1f%%", percent)
				}
			} else if !ch.Told() {
				change = "?"
			}
			switch {
			case ch.Regression:
				note = "  SLOWER"
			case ch.Test.N1 == 0:
				note = "  in the new run only"
			case ch.Test.N2 == 0:
				note = "  in the old run only"
			case !ch.Told() && !ch.interrupted:
				few = true
			}
			fmt.Fprintf(b, "  %-10s %20s %20s %9s  p=%.3f n=%d+%d%s\n",
				ch.Phase, noisy(ch.Old, ch.Test.N1), noisy(ch.New, ch.Test.N2), change, ch.Test.P, ch.Test.N1, ch.Test.N2, note)
		}
		fmt.Fprintln(b)
	}
	for _, name := range c.Unpaired {
		fmt.Fprintf(b, "in one file only: %s\n", name)
	}
	fmt.Fprintf(b, "~ is a change that noise explains (Mann-Whitney U on the medians of %d blocks of frames, α=%.2g);\n"+
		"± is half the 95%% confidence interval of the median.\n", stats.MostBlocks, c.Alpha)
	untold := c.Untold()
	if untold > 0 {
		fmt.Fprintln(b, "? is a change that cannot be told from noise.")
	}
	if few {
		fmt.Fprintf(b, "There are too few frames to tell: time %d or more in each run.\n", c.enough())
	}
	regressions := c.Regressions()
	if regressions > 0 {
		fmt.Fprintf(b, "%s slower by more than %g%%.\n", numbers.Plural(regressions, "phase"), c.Threshold)
	}
	if untold > 0 {
		fmt.Fprintf(b, "It cannot be told whether %s got slower.\n", numbers.Plural(untold, "phase"))
	}
	if regressions == 0 && untold == 0 {
		fmt.Fprintf(b, "Nothing slower by more than %g%%.\n", c.Threshold)
	}
	return b.Flush()
}

// noisy formats the median of n samples and its noise: "1,234 ± 2%".
func noisy(s benchmath.Summary, n int) string {
	if n == 0 {
		return "–"
	}
	noise := "∞" // too few samples
	if half := (s.Hi - s.Lo) / 2; !math.IsInf(half, 0) && !math.IsNaN(half) && s.Center > 0 {
		noise = fmt.Sprintf("%.0f%%", 100*half/s.Center)
	} else if half == 0 {
		noise = "0%"
	}
	return numbers.Micros(s.Center) + " ± " + noise
}
