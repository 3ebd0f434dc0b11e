package frametime_test

import (
	"bytes"
	"maps"
	"math"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/internal/madeup"
	"github.com/slotstream/slotstream/render/frametime/internal/stats"
)

// TestBenchfmt reads the lines with benchstat's own parser.
func TestBenchfmt(t *testing.T) {
	single, matrix := madeup.Run(100, 1, 1), madeup.Matrix()[:2]
	rs := append([]frametime.Report{single}, matrix...)
	var b bytes.Buffer
	if err := frametime.WriteBenchfmt(&b, rs, "upload"); err != nil {
		t.Fatal(err)
	}
	reader := benchfmt.NewReader(bytes.NewReader(b.Bytes()), "bench")
	perName := make(map[string]int)
	for reader.Scan() {
		res, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			t.Fatalf("not a result: %v", reader.Result())
		}
		name := res.Name.String()
		perName[name]++
		if sec, ok := res.Value("sec/op"); !ok || sec <= 0 {
			t.Errorf("%s has no sec/op", name)
		}
		if got := res.GetConfig("adapter"); got != single.Adapter.Name {
			t.Errorf("adapter: %q", got)
		}
		if got := res.GetConfig("upload"); got != "auto" && got != "ranges" {
			t.Errorf("upload: %q", got)
		}
		for _, unit := range []string{"calls/op", "upload-B/op", "B/op", "allocs/op"} {
			_, has := res.Value(unit)
			if want := bytes.Contains(res.Name, []byte("phase=frame")); has != want {
				t.Errorf("%s: has %s: %v", name, unit, has)
			}
		}
	}
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	if want := len(rs) * (len(frametime.Phases()) - 1); len(perName) != want { // gpu is missing
		t.Errorf("%d names, want %d", len(perName), want)
	}
	if n := perName["Frame/cubes=100000/pattern=random/moving=0.01/upload=auto/phase=write-2"]; n != stats.MostBlocks {
		t.Errorf("%d lines for a phase, want %d:\n%s", n, stats.MostBlocks, b.String()[:600])
	}
}

// A run's name may have spaces, and what one run says of itself is not taken for the next one's.
func TestBenchfmtKeepsRunsApart(t *testing.T) {
	first, second, third := madeup.Run(5, 1, 1), madeup.Run(5, 2, 1), madeup.Run(5, 3, 1)
	first.Name, second.Name, third.Name = "two\twords", "second", "third"
	first.Config.Set("gc", "off")
	second.Adapter.Name = ""
	third.Frames = 0 // a run without frames
	var b bytes.Buffer
	if err := frametime.WriteBenchfmt(&b, []frametime.Report{first, second, third}, "gc"); err != nil {
		t.Fatal(err)
	}
	type settings struct{ gc, adapter string }
	got := make(map[string]settings)
	reader := benchfmt.NewReader(&b, "bench")
	for reader.Scan() {
		res, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			t.Fatalf("not a result: %v", reader.Result())
		}
		if torn, ok := res.Value("torn/op"); ok && math.IsNaN(torn) {
			t.Errorf("%s: %v slots torn", res.Name, torn)
		}
		got[strings.Split(res.Name.String(), "/")[1]] = settings{res.GetConfig("gc"), res.GetConfig("adapter")}
	}
	adapter := first.Adapter.Name
	want := map[string]settings{"two_words": {"off", adapter}, "second": {"", ""}, "third": {"", adapter}}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, name := range []string{"GC", "gC", "g c", "g:c", ""} {
		if err := frametime.WriteBenchfmt(&b, []frametime.Report{first}, name); err == nil {
			t.Errorf("%q was taken for a key", name)
		}
	}
}
