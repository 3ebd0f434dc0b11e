package compare

import (
	"bytes"
	"io"
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/internal/madeup"
	"github.com/slotstream/slotstream/render/frametime/internal/stats"
)

func TestCompareFindsTheSlowerPhase(t *testing.T) {
	t.Parallel()
	old, new := madeup.Run(400, 1, 1), madeup.Run(400, 2, 1)
	for i := range new.Samples["write"] {
		new.Samples["write"][i] *= 1.3
	}
	c, err := Compare([]frametime.Report{old}, []frametime.Report{new}, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range c.Pairs[0].Changes {
		slower := ch.Phase == frametime.Write
		if ch.Significant() != slower || ch.Regression != slower {
			t.Errorf("%s: significant %v, regression %v, p=%v", ch.Phase, ch.Significant(), ch.Regression, ch.Test.P)
		}
		if slower && (ch.Percent() < 25 || ch.Percent() > 35) {
			t.Errorf("write: %+.1f%%, want about +30%%", ch.Percent())
		}
	}
	if c.Regressions() != 1 {
		t.Errorf("%d regressions, want 1", c.Regressions())
	}
	var b bytes.Buffer
	if err := c.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "SLOWER"); n != 1 || !strings.Contains(b.String(), "1 phase slower by more than 10%") {
		t.Errorf("table:\n%s", b.String())
	}
	t.Log("\n" + b.String())

	if c, _ := Compare([]frametime.Report{old}, []frametime.Report{new}, 50); c.Regressions() != 0 {
		t.Error("30% counts as more than 50%")
	}
	if c, _ := Compare([]frametime.Report{new}, []frametime.Report{old}, 10); c.Regressions() != 0 {
		t.Error("faster counts as slower")
	}
}

// TestCompareCallsNoiseNoise: of 200 comparisons of alike runs with bursts over several frames, 5% (risk) may find a
// change somewhere.
func TestCompareCallsNoiseNoise(t *testing.T) {
	t.Parallel()
	found := 0
	for seed := range uint64(200) {
		c, err := Compare([]frametime.Report{madeup.Run(400, 2*seed, 1)}, []frametime.Report{madeup.Run(400, 2*seed+1, 1)}, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range c.Pairs[0].Changes {
			if ch.Significant() {
				found++
				break
			}
		}
	}
	if found > 20 {
		t.Errorf("%d of 200 comparisons of alike runs found a change", found)
	}
}

func TestCompareIgnoresWhatIsTooSmallToMatter(t *testing.T) {
	t.Parallel()
	old, new := madeup.Run(400, 1, 1), madeup.Run(400, 2, 1)
	for i := range new.Samples["plan"] {
		old.Samples["plan"][i] *= 0.05
		new.Samples["plan"][i] *= 0.1 // 0.6 → 1.2 µs
	}
	c, err := Compare([]frametime.Report{old}, []frametime.Report{new}, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range c.Pairs[0].Changes {
		if ch.Phase == frametime.Plan && (!ch.Significant() || ch.Regression) {
			t.Errorf("plan: significant %v, regression %v", ch.Significant(), ch.Regression)
		}
	}
}

// With few frames even a hundredfold slowdown may be chance: that is an answer of its own. The number of frames that
// enough returns is enough, and one less is not.
func TestCompareOfFewFramesCannotTell(t *testing.T) {
	t.Parallel()
	c, err := Compare([]frametime.Report{madeup.Run(3, 1, 1)}, []frametime.Report{madeup.Run(3, 2, 100)}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if c.Regressions() != 0 || c.Untold() != len(c.Pairs[0].Changes) {
		t.Errorf("three frames a side: %d regressions, %d phases untold", c.Regressions(), c.Untold())
	}
	for _, n := range []int{c.enough() - 1, c.enough()} {
		c, err := Compare([]frametime.Report{madeup.Run(n, 1, 1)}, []frametime.Report{madeup.Run(n, 2, 100)}, 10)
		if err != nil {
			t.Fatal(err)
		}
		if told := n == c.enough(); (c.Untold() == 0) != told || (c.Regressions() > 0) != told {
			t.Errorf("%d frames a side: %d regressions, %d phases untold", n, c.Regressions(), c.Untold())
		}
	}
	var b bytes.Buffer
	if err := c.WriteTable(&b); err != nil || !strings.Contains(b.String(), "± ∞") ||
		!strings.Contains(b.String(), "too few frames to tell") || strings.Contains(b.String(), "Nothing slower") {
		t.Errorf("the noise of three frames is not shown as unknown (%v):\n%s", err, b.String())
	}
}

func TestCompareListsWhatDiffers(t *testing.T) {
	t.Parallel()
	old, new := madeup.Run(30, 1, 1), madeup.Run(30, 2, 1)
	new.Config.Set("upload", "full")
	new.Adapter.Name = "Another GPU"
	c, err := Compare([]frametime.Report{old}, []frametime.Report{new}, 10)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(c.Pairs[0].Differs, "; ")
	if want := "adapter.name: llvmpipe (LLVM 19.1.7, 256 bits) → Another GPU; config.upload: auto → full"; got != want {
		t.Errorf("differs: %s\nwant:    %s", got, want)
	}
}

// Runs without names, as of programs that make one report a file, are known by their labels.
func TestCompareByLabels(t *testing.T) {
	t.Parallel()
	old, new := madeup.Matrix()[:3], madeup.Matrix()[1:4]
	for i := range old {
		old[i].Name, new[i].Name = "", ""
	}
	c, err := Compare(old, new, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Pairs) != 2 || len(c.Unpaired) != 2 {
		t.Errorf("%d pairs, %q", len(c.Pairs), c.Unpaired)
	}
}

func TestCompareOfMatrices(t *testing.T) {
	t.Parallel()
	old, new := madeup.Matrix(), madeup.Matrix()
	new[7].Name = "cubes=7"
	c, err := Compare(old, new, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Pairs) != len(old)-1 || len(c.Unpaired) != 2 {
		t.Errorf("%d pairs and %d unpaired of %d runs", len(c.Pairs), len(c.Unpaired), len(old))
	}
	if _, err := Compare(old[:2], new[10:12], 10); err == nil {
		t.Error("two files without a common run were compared")
	}
}

// Of runs with one name none is left out.
func TestCompareRunsOfOneName(t *testing.T) {
	t.Parallel()
	run := func(seed uint64, slow float64) frametime.Report { return madeup.Run(400, seed, slow) }
	c, err := Compare([]frametime.Report{run(1, 1)}, []frametime.Report{run(2, 1.5), run(3, 1)}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Pairs) != 1 || len(c.Unpaired) != 1 || c.Regressions() == 0 {
		t.Errorf("one and two: %d pairs, %q unpaired, %d regressions", len(c.Pairs), c.Unpaired, c.Regressions())
	}
	c, err = Compare([]frametime.Report{run(1, 1), run(2, 2)}, []frametime.Report{run(3, 1), run(4, 2)}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Pairs) != 2 || len(c.Unpaired) != 0 || c.Regressions() != 0 {
		t.Errorf("two and two: %d pairs, %q unpaired, %d regressions", len(c.Pairs), c.Unpaired, c.Regressions())
	}
}

// Nothing to compare, or to compare by, is an error: "nothing slower" would be wrong.
func TestCompareNothing(t *testing.T) {
	t.Parallel()
	some, none := []frametime.Report{madeup.Run(20, 1, 1)}, []frametime.Report{frametime.NewRecorder(1).Report()}
	for _, c := range []struct {
		old, new  []frametime.Report
		threshold float64
		says      string
	}{
		{some, none, 5, "no frames"}, {none, some, 5, "no frames"}, {some, some, math.NaN(), "threshold"}, {some, some, -1, "threshold"}, {nil, nil, 5, "in common"},
	} {
		result, err := Compare(c.old, c.new, c.threshold)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
		if n := result.enough(); n > stats.MostBlocks { // and it ends
			t.Errorf("%d frames are enough, of which %d count", n, stats.MostBlocks)
		}
	}
}

// A comparison does not pass where something was not compared: runs or phases that one file lacks, and runs that were
// interrupted, on either side. What is there is still compared.
func TestCompareOfWhatIsAbsent(t *testing.T) {
	t.Parallel()
	run := func(name string, seed uint64, slow float64, without ...string) frametime.Report {
		r := madeup.Run(400, seed, slow)
		r.Name = name
		samples := maps.Clone(r.Samples)
		samples["gpu"] = samples["wait"]
		for _, phase := range without {
			delete(samples, phase)
		}
		r.SetSamples(samples)
		return r
	}
	interrupted := run("a", 3, 1)
	interrupted.Interrupted = true
	slowInterrupted := run("a", 3, 2)
	slowInterrupted.Interrupted = true
	all := len(frametime.Phases())
	type runs = []frametime.Report
	for name, c := range map[string]struct {
		a, b   runs
		untold int
		says   []string
	}{
		"all there":      {runs{run("a", 1, 1)}, runs{run("a", 2, 1)}, 0, []string{"Nothing slower"}},
		"no gpu in both": {runs{run("a", 1, 1, "gpu")}, runs{run("a", 2, 1, "gpu")}, 0, []string{"Nothing slower"}},
		"three runs": {runs{run("a", 1, 1), run("b", 1, 1), run("c", 1, 1), run("d", 1, 1)},
			runs{run("a", 2, 1), run("z", 2, 9)}, 4 * all, []string{"in one file only: b", "in one file only: z", "whether 36 phases"}},
		"a run without":    {runs{run("a", 1, 1), run("b", 1, 1, "gpu")}, runs{run("a", 2, 1)}, all - 1, []string{"whether 8 phases"}},
		"the gpu":          {runs{run("a", 1, 1)}, runs{run("a", 2, 1, "gpu")}, 1, []string{" only", "whether 1 phase "}},
		"phases":           {runs{run("a", 1, 1)}, runs{run("a", 2, 1, "write", "encode", "submit")}, 3, []string{" only"}},
		"the last frames":  {runs{run("a", 1, 1)}, runs{interrupted}, all, []string{"interrupted before its last frame"}},
		"two files of one": {runs{run("a", 1, 1)}, runs{run("b", 2, 1)}, 0, []string{"Nothing slower"}},
	} {
		for _, turn := range [][2][]frametime.Report{{c.a, c.b}, {c.b, c.a}} {
			got, err := Compare(turn[0], turn[1], 5)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got.Untold() != c.untold || got.Regressions() != 0 {
				t.Errorf("%s: %d phases untold, want %d; %d regressions", name, got.Untold(), c.untold, got.Regressions())
			}
			var b bytes.Buffer
			if err := got.WriteTable(&b); err != nil {
				t.Error(err)
			}
			for _, want := range c.says {
				if !strings.Contains(b.String(), want) {
					t.Errorf("%s: no %q in\n%s", name, want, &b)
				}
			}
			if c.untold > 0 && (strings.Contains(b.String(), "Nothing slower") || strings.Contains(b.String(), "too few frames")) {
				t.Errorf("%s:\n%s", name, &b)
			}
		}
	}
	// A slowdown of an interrupted run is one all the same.
	got, err := Compare([]frametime.Report{run("a", 1, 1)}, []frametime.Report{slowInterrupted}, 5)
	if err != nil || got.Regressions() != all || got.Untold() != 0 {
		t.Errorf("an interrupted run of twice the time: %d regressions, %d untold, %v", got.Regressions(), got.Untold(), err)
	}
}

// Whatever ReadJSON takes can be compared, either way.
func FuzzCompare(f *testing.F) {
	var b bytes.Buffer
	if err := frametime.WriteJSON(&b, []frametime.Report{madeup.Run(3, 1, 1)}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":1,"streaming":{},"samples":{"frame":[0]},"phases":{"frame":{}}}`))
	other := madeup.Run(5, 9, 1)
	f.Fuzz(func(t *testing.T, data []byte) {
		rs, err := frametime.ReadJSON(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, pair := range [][2][]frametime.Report{{rs, {other}}, {{other}, rs}, {rs, rs}} {
			c, err := Compare(pair[0], pair[1], 5)
			if err == nil {
				err = c.WriteTable(io.Discard)
			}
			if err != nil && len(rs) == 1 {
				t.Error(err)
			}
		}
	})
}
