package frametime_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/internal/madeup"
)

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
	withGPU := madeup.Run(30, 1, 1)
	withGPU.Samples["gpu"] = []float64{100, 110}
	withGPU.SetSamples(withGPU.Samples)
	free := madeup.Run(30, 1, 1)
	free.Ticks = &frametime.Ticks{Done: 5, PerSecond: 60, Dropped: 0.01, Age: frametime.Summarize([]float64{1000, 2000})}
	interrupted := madeup.Run(3, 1, 1)
	interrupted.Interrupted = true
	for name, rs := range map[string][]frametime.Report{
		"run": {madeup.Run(30, 1, 1)}, "gpu": {withGPU}, "free": {free}, "interrupted": {interrupted}, "matrix": madeup.Matrix(),
	} {
		var b bytes.Buffer
		if err := frametime.WriteJSON(&b, rs); err != nil {
			t.Fatal(err)
		}
		if err := valid(t, b.Bytes()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		back, err := frametime.ReadJSON(&b)
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
	if err := frametime.WriteJSON(&b, []frametime.Report{madeup.Run(3, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	for _, swap := range [][2]string{
		{`"schema":1`, `"schema":2`},
		{`"pattern":"random"`, `"pattern":["random"]`},
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
	mutate := func(f func(*frametime.Report)) string {
		r := madeup.Run(3, 1, 1)
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
		{"negative time", mutate(func(r *frametime.Report) { r.Samples["write"][1] = -1 }), "write time of -1"},
		{"missing phase", mutate(func(r *frametime.Report) { delete(r.Samples, "wait") }), "summary or samples of wait"},
	} {
		if _, err := frametime.ReadJSON(strings.NewReader(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestTableShowsEveryPhase(t *testing.T) {
	r := madeup.Run(100, 1, 1)
	r.Interrupted = true
	r.Config.Set("frames", 600)
	r.Ticks = &frametime.Ticks{Done: 5, PerSecond: 60, Dropped: 0.01, Age: frametime.Summarize([]float64{1000, 2000})}
	var b bytes.Buffer
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	table := b.String()
	for _, p := range frametime.Phases() {
		if !strings.Contains(table, "\n"+p.String()+" ") {
			t.Errorf("no line for %s", p)
		}
	}
	for _, want := range []string{"100,000 cubes, 1% random", "no timestamps", "interrupted after 100 of 600",
		"scatter 100", "70,000 bytes", "2 torn", "0 allocations", "99.0%", "streaming",
		"60 a second, 5 in all, 10 ms of their time given up", "age        p50 1,500"} {
		if !strings.Contains(table, want) {
			t.Errorf("no %q in the table", want)
		}
	}
	if t.Failed() {
		t.Log("\n" + table)
	}
}

func TestOneOfAThingIsSingular(t *testing.T) {
	r := madeup.Run(1, 1, 1)
	r.Machine.CPUs = 1
	r.Upload.CallsPerFrame, r.Upload.RangesPerFrame, r.Upload.BytesPerFrame, r.Memory.AllocsPerFrame, r.Memory.BytesPerFrame = 1, 1, 1, 1, 1
	var b bytes.Buffer
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	if plurals := regexp.MustCompile(`\b1 [a-z]+s\b`).FindAllString(b.String(), -1); len(plurals) > 0 {
		t.Errorf("%q in\n%s", plurals, b.String())
	}
}

func FuzzRead(f *testing.F) {
	for _, rs := range [][]frametime.Report{{madeup.Run(3, 1, 1)}, {madeup.Run(2, 1, 1), madeup.Run(2, 2, 1)}} {
		var b bytes.Buffer
		if err := frametime.WriteJSON(&b, rs); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"schema":1,"matrix":null}`))
	f.Add([]byte(`{"schema":1,"samples":{"frame":[0]},"phases":{"frame":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rs, err := frametime.ReadJSON(bytes.NewReader(data))
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a text")
			}
			return
		}
		// Whatever is accepted can be shown, and written and read again.
		var b bytes.Buffer
		for i := range rs {
			if err := rs[i].WriteTable(&b); err != nil {
				t.Error(err)
			}
		}
		b.Reset()
		if err := frametime.WriteJSON(&b, rs); err != nil {
			t.Fatal(err)
		}
		if _, err := frametime.ReadJSON(&b); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
