package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/timing"
)

// typical is the time of each phase in a made-up run, µs.
var typical = map[timing.Phase]float64{timing.Simulate: 900, timing.Descend: 210, timing.Plan: 12, timing.Write: 350,
	timing.Encode: 25, timing.Submit: 90, timing.Wait: 2400}

// made is a made-up run of the given length: every phase its typical time times slow, some noise and rare bursts.
func made(frames int, seed uint64, slow float64) Report {
	rng := rand.New(rand.NewPCG(seed, 1))
	samples := make(map[string][]float64)
	phases := make(map[string]*timing.Summary)
	burst := 1.0
	for range frames {
		if burst *= 0.5; rng.IntN(40) == 0 {
			burst = 2
		}
		frame := 1.5
		for p := timing.Simulate; p <= timing.Wait; p++ {
			us := typical[p] * slow * (1 + 0.05*rng.NormFloat64()*rng.NormFloat64() + 0.3*max(0, burst-0.1))
			samples[p.String()] = append(samples[p.String()], us)
			frame += us
		}
		samples["frame"] = append(samples["frame"], frame)
	}
	samples["gpu"] = []float64{}
	for name, us := range samples {
		phases[name] = timing.Summarize(us)
	}
	phases["gpu"] = nil
	r := Report{
		Schema: Schema, Frames: frames, Explained: 0.99, Measuring: 0.4, Phases: phases, Samples: samples,
		Machine: Machine{OS: "linux", Arch: "amd64", CPU: "Example 9000", CPUs: 2, Go: runtime.Version(), Version: "v0"},
		Adapter: Adapter{Name: "llvmpipe (LLVM 19.1.7, 256 bits)", Backend: "vulkan", Type: "software", Driver: "mesa"},
		Config: Config{Cubes: 100000, Workers: 2, Moving: 0.01, Pattern: "random", Upload: "auto", Width: 960, Height: 540,
			Frames: frames, Warmup: 60, Look: "plain", MSAA: 1, Seed: 1, Tick: 60},
		Upload: Upload{CallsPerFrame: 3, BytesPerFrame: 70000, RangesPerFrame: 995.5, StrategyFrames: StrategyFrames{Scatter: frames}, Costs: map[string]float64{"call": 2000}},
		Arena:  Arena{Live: 100000, UpdatedPerFrame: 1000, TornTotal: 2},
		Memory: Memory{BindingAllocsPerFrame: 21, BindingBytesPerFrame: 900, ProcessAllocsPerFrame: 21.5, ProcessBytesPerFrame: 950, Audited: 30},
	}
	r.Streaming = timing.Summarize(r.streaming())
	return r
}

// madeMatrix is a made-up matrix in which merged wins where much moves and scatter where little does.
func madeMatrix() []Report {
	var rs []Report
	for _, cubes := range []int{10000, 100000} {
		for _, pattern := range []string{"random", "stride", "run"} {
			for _, moving := range []float64{0.001, 0.01, 0.1, 1} {
				for i, strategy := range []string{"auto", "ranges", "merged", "scatter", "full"} {
					slow := float64(cubes) / 1e5 * []float64{0.9 * min(1, moving*3), moving * 12, 0.6 + 0.4*moving, moving * 3, 1}[i]
					r := made(20, uint64(len(rs)), 0.05+slow)
					r.Config.Cubes, r.Config.Pattern, r.Config.Moving, r.Config.Upload = cubes, pattern, moving, strategy
					rs = append(rs, r)
				}
			}
		}
	}
	return rs
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, data []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema(t).Validate(v)
}

func TestWrittenReportsFitTheSchema(t *testing.T) {
	withGPU := made(30, 1, 1)
	withGPU.Samples["gpu"] = []float64{100, 110}
	withGPU.Phases["gpu"] = timing.Summarize(withGPU.Samples["gpu"])
	interrupted := made(3, 1, 1)
	interrupted.Interrupted = true
	for name, rs := range map[string][]Report{"run": {made(30, 1, 1)}, "gpu": {withGPU}, "interrupted": {interrupted}, "matrix": madeMatrix()} {
		var b bytes.Buffer
		if err := Write(&b, rs); err != nil {
			t.Fatal(err)
		}
		if err := valid(t, b.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		back, err := Read(&b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(back, rs) {
			t.Errorf("%s: read back something else", name)
		}
	}
}

// TestSchemaRefuses keeps the schema from accepting everything.
func TestSchemaRefuses(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, []Report{made(3, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	for _, swap := range [][2]string{
		{`"schema":1`, `"schema":2`},
		{`"pattern":"random"`, `"pattern":"zigzag"`},
		{`"cubes":100000`, `"cubes":"many"`},
		{`"moving":0.01`, `"moving":1.5`},
		{`"plan":{`, `"plam":{`},
		{`"torn_total"`, `"torn"`},
		{`"gpu":null`, `"gpu":0`},
	} {
		bad := strings.Replace(good, swap[0], swap[1], 1)
		if bad == good {
			t.Errorf("%s is not in the report", swap[0])
		} else if valid(t, []byte(bad)) == nil {
			t.Errorf("the schema accepts %s", swap[1])
		}
	}
}

func TestReadRefuses(t *testing.T) {
	mutate := func(f func(*Report)) string {
		r := made(3, 1, 1)
		f(&r)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "not a report"},
		{"text", "frame 12 ms", "not a report"},
		{"other schema", `{"schema":7}`, "has schema 7"},
		{"no schema", `{}`, "has schema 0"},
		{"no runs", `{"schema":1,"matrix":[]}`, "holds no runs"},
		{"no samples", `{"schema":1}`, "no frame times"},
		{"wrong type", `{"schema":1,"frames":"all"}`, "not a report"},
		{"negative time", mutate(func(r *Report) { r.Samples["write"][1] = -1 }), "write time of -1"},
		{"missing phase", mutate(func(r *Report) { delete(r.Samples, "wait") }), "summary or samples of wait"},
	} {
		if _, err := Read(strings.NewReader(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestTableShowsEveryPhase(t *testing.T) {
	r := made(100, 1, 1)
	r.Interrupted = true
	r.Config.Frames = 600
	var b bytes.Buffer
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	table := b.String()
	for _, p := range timing.Phases() {
		if !strings.Contains(table, "\n"+p.String()+" ") {
			t.Errorf("no line for %s", p)
		}
	}
	for _, want := range []string{"100,000 cubes, 1% random", "no timestamps", "interrupted after 100 of 600", "scatter 100", "70,000 bytes", "2 torn", "0 allocations", "99.0%", "streaming"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in the table", want)
		}
	}
	if t.Failed() {
		t.Log("\n" + table)
	}
}

func TestOneOfAThingIsSingular(t *testing.T) {
	r := made(1, 1, 1)
	r.Config.Cubes, r.Config.Workers, r.Machine.CPUs = 1, 1, 1
	r.Upload.CallsPerFrame, r.Upload.RangesPerFrame, r.Upload.BytesPerFrame, r.Memory.AllocsPerFrame, r.Memory.BytesPerFrame = 1, 1, 1, 1, 1
	var b bytes.Buffer
	if err := errors.Join(r.WriteTable(&b), WriteMatrixTable(&b, []Report{r, r})); err != nil {
		t.Fatal(err)
	}
	if plurals := regexp.MustCompile(`\b1 [a-z]+s\b`).FindAllString(b.String(), -1); len(plurals) > 0 {
		t.Errorf("%q in\n%s", plurals, b.String())
	}
}

func TestMatrixTable(t *testing.T) {
	var b bytes.Buffer
	if err := WriteMatrixTable(&b, madeMatrix()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if want := 2*3*4 + 6; len(lines) != want {
		t.Errorf("%d lines, want %d:\n%s", len(lines), want, b.String())
	}
	for _, want := range []string{"auto", "ranges", "merged", "scatter", "full", "10,000 cubes, 0.1% random"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in the table", want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, rs := range [][]Report{{made(3, 1, 1)}, {made(2, 1, 1), made(2, 2, 1)}} {
		var b bytes.Buffer
		if err := Write(&b, rs); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"schema":1,"matrix":null}`))
	f.Add([]byte(`{"schema":1,"samples":{"frame":[0]},"phases":{"frame":{}}}`))
	other := made(5, 9, 1)
	f.Fuzz(func(t *testing.T, data []byte) {
		rs, err := Read(bytes.NewReader(data))
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a sentence")
			}
			return
		}
		// Whatever is accepted can be shown, compared either way, and written and read again.
		for _, pair := range [][2][]Report{{rs, {other}}, {{other}, rs}, {rs, rs}} {
			c, err := Compare(pair[0], pair[1], 5)
			if err == nil {
				err = c.WriteTable(&bytes.Buffer{})
			}
			if err != nil && len(pair[0]) == len(pair[1]) && len(rs) == 1 {
				t.Error(err)
			}
		}
		var b bytes.Buffer
		for i := range rs {
			if err := rs[i].WriteTable(&b); err != nil {
				t.Error(err)
			}
		}
		b.Reset()
		if err := Write(&b, rs); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&b); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
