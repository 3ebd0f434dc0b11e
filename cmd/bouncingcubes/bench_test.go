//go:build cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/perf/benchfmt"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/wholefile"
)

// small are the arguments of a short run on any adapter.
var small = []string{"-bench", "-cubes", "800", "-size", "64x64", "-warmup", "3", "-frames", "12", "-seed", "5"}

// benched runs the program, and returns its report after a check against the schema.
func benched(t *testing.T, args ...string) frametime.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r.json")
	if status, _, stderr := program(t, slices.Concat(small, []string{"-json", path}, args)...); status != 0 {
		t.Fatalf("%v: status %d: %s", args, status, stderr)
	}
	rs := saved(t, path)
	if len(rs) != 1 {
		t.Fatalf("%d reports, want 1", len(rs))
	}
	return rs[0]
}

// saved reads a report file, and checks it against the schema.
func saved(t *testing.T, path string) []frametime.Report {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("../../render/frametime/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Error(err)
	}
	rs, err := frametime.ReadJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func TestBenchTouchesExactlyWhatWasAsked(t *testing.T) {
	for _, pattern := range []string{"random", "stride", "run"} {
		r := benched(t, "-pattern", pattern, "-moving", "0.25", "-upload", "ranges", "-workers", "3")
		if r.Arena.UpdatedPerFrame != 200 || r.Arena.Live != 800 || r.Arena.TornTotal != 0 {
			t.Errorf("%s: %+v", pattern, r.Arena)
		}
		// One call for each coalesced range, and only the bytes that changed.
		if r.Upload.CallsPerFrame != r.Upload.RangesPerFrame || r.Upload.BytesPerFrame != 200*64 {
			t.Errorf("%s: %+v", pattern, r.Upload)
		}
		if r.Upload.StrategyFrames.Ranges != 12 {
			t.Errorf("%s: %+v", pattern, r.Upload.StrategyFrames)
		}
		if r.Frames != 12 || r.Interrupted || len(r.Samples["frame"]) != 12 {
			t.Errorf("%s: %d frames, %d samples, interrupted %v", pattern, r.Frames, len(r.Samples["frame"]), r.Interrupted)
		}
		config, err := json.Marshal(r.Config)
		want := fmt.Sprintf(`{"cubes":800,"workers":3,"moving":0.25,"pattern":%q,"upload":"ranges","width":64,"height":64,"frames":12,"warmup":3,`+
			`"look":"plain","msaa":1,"seed":5,"tick":60,"free":false,"window":false,"vsync":false,"fountain":false,"drained":%v}`,
			pattern, r.Adapter.Type == "software")
		if err != nil || string(config) != want {
			t.Errorf("config %s\nwant   %s (%v)", config, want, err)
		}
	}
}

// Without a warm-up the first frame is timed, and it uploads everything. After a warm-up, cubes that do not move cost
// no upload.
func TestWarmupIsAsLongAsAsked(t *testing.T) {
	for warmup, bytes := range map[string]float64{"0": 800 * 64, "1": 0, "3": 0} {
		r := benched(t, "-pattern", "run", "-moving", "0", "-warmup", warmup)
		if got := r.Upload.BytesPerFrame * 12; math.Abs(got-bytes) > 0.1 {
			t.Errorf("-warmup %s: %v bytes in the timed frames, want %v", warmup, got, bytes)
		}
	}
}

func TestBenchAllocatesNothing(t *testing.T) {
	r := benched(t, "-pattern", "random", "-moving", "0.5", "-frames", "80")
	if m := r.Memory; m.Audited != 20 || m.AllocsPerFrame != 0 || m.BytesPerFrame != 0 || m.BindingAllocsPerFrame <= 0 {
		t.Errorf("%+v", m)
	}
}

func TestBenchPartsExplainTheFrame(t *testing.T) {
	parts := []string{"simulate", "descend", "plan", "write", "encode", "submit", "wait"}
	r := benched(t, "-frames", "60")
	if r.Explained > 1 {
		t.Errorf("the parts explain %v of the frames", r.Explained)
	}
	// This looks at the median of the frames: the system may take the processor away between two phases.
	var explained []float64
	for i, frame := range r.Samples["frame"] {
		sum := 0.0
		for _, part := range parts {
			sum += r.Samples[part][i]
		}
		explained = append(explained, sum/frame)
	}
	slices.Sort(explained)
	if median := explained[len(explained)/2]; median < 0.95 {
		t.Errorf("the parts explain %v of the median frame", median)
	}
	if r.Phases["gpu"] != nil && len(r.Samples["gpu"]) != 60 {
		t.Errorf("%d of 60 frames timed on the GPU", len(r.Samples["gpu"]))
	}
	for _, part := range parts {
		if r.Phases[part].Max <= 0 {
			t.Errorf("%s took no time in any frame", part)
		}
	}
}

func TestBenchIsReproducible(t *testing.T) {
	for _, args := range [][]string{{}, {"-pattern", "random", "-moving", "0.1"}, {"-fountain"}} {
		workers := "5"
		if slices.Contains(args, "-pattern") { // of which there is one for each number of workers
			workers = "2"
		}
		a := benched(t, slices.Concat(args, []string{"-workers", "2"})...)
		b := benched(t, slices.Concat(args, []string{"-workers", workers})...)
		if a.Upload.BytesPerFrame != b.Upload.BytesPerFrame || a.Upload.CallsPerFrame != b.Upload.CallsPerFrame ||
			a.Arena.UpdatedPerFrame != b.Arena.UpdatedPerFrame {
			t.Errorf("%v: %+v\nthen %+v", args, a.Upload, b.Upload)
		}
	}
}

func TestBenchRunsFree(t *testing.T) {
	for _, args := range [][]string{{"-free"}, {"-free", "-pattern", "run", "-moving", "1", "-tick", "1000"}} {
		// Every tick writes a cube at most once, and nothing is uploaded between two ticks. At each end of the timed frames
		// there may be one more tick that is not complete.
		if r := benched(t, append(args, "-frames", "60")...); r.Ticks == nil || r.Ticks.Age == nil {
			t.Errorf("%v: no ticks", args)
		} else if most := float64(r.Ticks.Done+2) * 800 / 60; r.Arena.UpdatedPerFrame > most {
			t.Errorf("%v: %v slots updated a frame, of %d ticks", args, r.Arena.UpdatedPerFrame, r.Ticks.Done)
		}
		if r := benched(t, args...); r.Config.Text("free") != "true" || r.Frames != 12 {
			t.Errorf("%v: %+v", args, r.Config)
		}
	}
}

func TestBenchWritesEverythingAtOnce(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	status, stdout, stderr := program(t, slices.Concat(small, []string{"-benchfmt", "-json", at("r.json"), "-plot", at("r.svg"),
		"-screenshot", at("r.png"), "-cpuprofile", at("cpu"), "-trace", at("trace")})...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	saved(t, at("r.json"))
	for _, name := range []string{"r.svg", "r.png", "cpu", "trace"} {
		if info, err := os.Stat(at(name)); err != nil || info.Size() < 500 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := os.ReadDir(dir); err != nil || len(got) != 5 {
		t.Errorf("files left behind: %v", got)
	}
	trace, err := os.ReadFile(at("trace"))
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range []string{"simulate", "descend", "plan", "write", "encode", "submit", "wait", "frame"} {
		if !bytes.Contains(trace, []byte(region)) {
			t.Errorf("no region %q in the trace", region)
		}
	}
	// The benchmark lines are alone on stdout, and the table is on stderr.
	lines := benchfmt.NewReader(strings.NewReader(stdout), "stdout")
	n := 0
	for lines.Scan() {
		if _, ok := lines.Result().(*benchfmt.Result); !ok {
			t.Errorf("not a benchmark line: %v", lines.Result())
		}
		n++
	}
	if n < 8*12 || !strings.Contains(stderr, "p95") {
		t.Errorf("%d benchmark lines; stderr:\n%s", n, stderr)
	}
	if strings.Contains(stderr, "\r") {
		t.Error("a progress line in a pipe")
	}
}

func TestMatrixSweepsWhatIsNotPinned(t *testing.T) {
	dir := t.TempDir()
	path, plot := filepath.Join(dir, "m.json"), filepath.Join(dir, "m.png")
	status, stdout, stderr := program(t, "-matrix", "-cubes", "300", "-frames", "2", "-warmup", "1", "-size", "32x32", "-json", path, "-plot", plot)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	rs := saved(t, path)
	if want := 3 * 2 * 5; len(rs) != want {
		t.Errorf("%d runs, want %d", len(rs), want)
	}
	names := map[string]bool{}
	for _, r := range rs {
		names[r.Name] = true
	}
	if len(names) != len(rs) {
		t.Errorf("%d names for %d runs", len(names), len(rs))
	}
	if !strings.Contains(stdout, "scatter") || !strings.Contains(stdout, "300 cubes, 10% run") {
		t.Errorf("table:\n%s", stdout)
	}
	if info, err := os.Stat(plot); err != nil || info.Size() < 5000 {
		t.Errorf("plot: %v", err)
	}
}

// A run of a million frames that gets the signal of Ctrl-C reports the frames that it has timed.
func TestInterruptedBenchReportsWhatItMeasured(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	cmd, stdout, stderr := command(t, append(slices.Clone(small), "-frames", "1000000", "-json", path, "-cpuprofile", filepath.Join(dir, "cpu"))...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// When the temporary file of the profile exists, the program listens to signals. From then on a run times at least one
	// frame.
	for begun := false; !begun && t.Context().Err() == nil; runtime.Gosched() {
		names, err := filepath.Glob(filepath.Join(dir, ".cpu.*"))
		begun = err != nil || len(names) > 0
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	r := saved(t, path)[0]
	if !r.Interrupted || r.Frames < 1 || r.Frames >= 1000000 || len(r.Samples["frame"]) != r.Frames {
		t.Errorf("interrupted %v, %d frames", r.Interrupted, r.Frames)
	}
	if !strings.Contains(stdout.String(), "interrupted after") {
		t.Errorf("stdout:\n%s", stdout)
	}
}

// A run that is cancelled before it starts times one frame; a matrix does so for one run.
func TestCancelledBenchTimesOneFrame(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{small, append(slices.Clone(small), "-matrix")} {
		path := filepath.Join(t.TempDir(), "r.json")
		var out, errs bytes.Buffer
		if status := run(ctx, append(slices.Clone(args), "-json", path), &out, &errs); status != 0 {
			t.Fatalf("status %d: %s", status, errs.String())
		}
		if rs := saved(t, path); len(rs) != 1 || rs[0].Frames != 1 || !rs[0].Interrupted {
			t.Errorf("%d reports, the first of %d frames", len(rs), rs[0].Frames)
		}
	}
}

// altered saves a changed copy of the report at path, and returns the path of the copy.
func altered(t *testing.T, path, name string, change func(r *frametime.Report)) string {
	t.Helper()
	rs := saved(t, path)
	change(&rs[0])
	if err := wholefile.Write(path+name, func(w io.Writer) error { return frametime.WriteJSON(w, rs) }); err != nil {
		t.Fatal(err)
	}
	return path + name
}

func TestCompareEndsWith3WhereSomethingGotSlowerAnd4WhereItCannotTell(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.json")
	if status, _, stderr := program(t, slices.Concat(small, []string{"-frames", "60", "-json", path})...); status != 0 {
		t.Fatal(stderr)
	}
	slow := altered(t, path, ".slow", func(r *frametime.Report) {
		for i, us := range r.Samples["write"] {
			r.Samples["write"][i] = 2*us + 50
		}
	})
	interrupted := altered(t, path, ".interrupted", func(r *frametime.Report) { r.Interrupted = true })
	part := altered(t, path, ".part", func(r *frametime.Report) {
		delete(r.Samples, "encode")
		r.SetSamples(r.Samples)
	})
	for _, c := range []struct {
		old, new, threshold string
		status              int
	}{
		{path, path, "0", 0},
		{path, slow, "10", 3},
		{slow, path, "10", 0},
		{path, slow, "1000000", 0},
		{path, interrupted, "10", 4},
		{interrupted, path, "10", 4},
		{path, part, "10", 4},
		{part, path, "10", 4},
	} {
		status, stdout, stderr := program(t, "-compare", c.old+","+c.new, "-threshold", c.threshold)
		if status != c.status || !strings.Contains(stdout, "write") || strings.Contains(stdout, "SLOWER") != (status == 3) {
			t.Errorf("%+v: status %d\n%s%s", c, status, stdout, stderr)
		}
	}
}

func TestBadBenchInput(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte(`{"schema":1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-compare", bad + "," + filepath.Join(dir, "missing.json")},
		{"-compare", bad + "," + bad},
		{"-compare", dir + "," + dir},
		{"-compare", ","},
		{"-bench", "-frames", strconv.Itoa(options.MaxTimedFrames + 1)},
		{"-bench", "-fountain", "-pattern", "run"},
		{"-bench", "-window"}, // no display here
		{"-matrix", "-window"},
		{"-matrix", "-screenshot", filepath.Join(dir, "a.png")},
		{"-bench", "-plot", dir + "/nowhere/a.png"},
		{"-bench", "-adapter", "no such adapter"},
	} {
		status, stdout, stderr := refused(t, args...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "bouncingcubes: ") {
			t.Errorf("%v: status %d, stdout %q, stderr %q", args, status, stdout, stderr)
		}
	}
}
