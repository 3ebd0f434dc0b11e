package frametime_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/slotstream/slotstream/render/frametime"
)

// A loop of your own, measured: the phases that it has, and a time that the renderer measured.
func Example() {
	rec := frametime.NewRecorder(3)
	for rec.Len() < 3 {
		rec.Begin()
		rec.Enter(frametime.Simulate)
		time.Sleep(time.Millisecond)
		rec.Leave()
		rec.Add(frametime.Encode, 100*time.Microsecond) // the renderer's figure
		rec.End()
	}
	r := rec.Report()
	fmt.Println(r.Frames, "frames,", r.Phases["simulate"].P50 >= 1000, r.Phases["encode"].Max)
	// Output: 3 frames, true 100
}

// The GPU's time comes late. The frame's number says whose it is.
func ExampleRecorder_SetLate() {
	rec := frametime.NewRecorder(2)
	for _, number := range []uint64{40, 41} {
		rec.Begin()
		rec.SetNumber(number)
		rec.End()
	}
	rec.SetLate(frametime.GPU, 41, 250*time.Microsecond)
	fmt.Println(rec.Report().Samples["gpu"])
	// Output: [250]
}

func ExampleSummarize() {
	fmt.Printf("%+v\n", *frametime.Summarize([]float64{100, 300, 200}))
	// Output: {P50:200 P95:290 P99:298 Max:300 Mean:200}
}

func ExampleQuantile() {
	sorted := []time.Duration{10 * time.Millisecond, 20 * time.Millisecond}
	fmt.Println(frametime.Quantile(sorted, 0.5))
	// Output: 15ms
}

func ExampleLabels() {
	var config frametime.Labels
	config.Set("cubes", 3000)
	config.Set("look", "plain")
	json, err := config.MarshalJSON()
	cubes, ok := config.Number("cubes")
	fmt.Println(string(json), err, cubes, ok)
	// Output: {"cubes":3000,"look":"plain"} <nil> 3000 true
}

// twoFrames is a report of fixed times.
func twoFrames() frametime.Report {
	var r frametime.Report
	samples := map[string][]float64{"gpu": {}}
	for _, p := range frametime.Phases()[:frametime.GPU] {
		samples[p.String()] = []float64{10, 20}
	}
	samples["frame"] = []float64{70, 150}
	r.Explained, r.Title = 0.95, "two frames of an example"
	r.Machine.Go = "go1.26"
	r.SetSamples(samples)
	return r
}

func ExampleReport_WriteTable() {
	r := twoFrames()
	if err := r.WriteTable(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// two frames of an example · 2 frames
	// go1.26
	//
	// µs                p50        p95        p99        max       mean   share
	// simulate         15.0       19.5       19.9       20.0       15.0   13.6%
	// descend          15.0       19.5       19.9       20.0       15.0   13.6%
	// plan             15.0       19.5       19.9       20.0       15.0   13.6%
	// write            15.0       19.5       19.9       20.0       15.0   13.6%
	// encode           15.0       19.5       19.9       20.0       15.0   13.6%
	// submit           15.0       19.5       19.9       20.0       15.0   13.6%
	// wait             15.0       19.5       19.9       20.0       15.0   13.6%
	// frame             110        146        149        150        110  100.0%
	// gpu                 –  (no timestamps)
	// streaming        75.0       97.5       99.5        100       75.0  descend to submit together
	//
	// memory     allocations not counted
	// timing     parts explain 95.0% of the frame; measuring takes 0 µs, 0.00% of it
}

func ExampleWriteJSON() {
	var file bytes.Buffer
	if err := frametime.WriteJSON(&file, []frametime.Report{twoFrames()}); err != nil {
		fmt.Println(err)
	}
	reports, err := frametime.ReadJSON(&file)
	fmt.Println(len(reports), reports[0].Frames, err)
	// Output: 1 2 <nil>
}

func ExampleReadJSON() {
	_, err := frametime.ReadJSON(strings.NewReader(`{"schema":9}`))
	fmt.Println(err)
	// Output: it has schema 9, and this program reads schema 1
}

func ExampleWriteBenchfmt() {
	r := twoFrames()
	r.Machine.CPUs, r.Name = 2, "scene=small"
	var lines bytes.Buffer
	if err := frametime.WriteBenchfmt(&lines, []frametime.Report{r}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Contains(lines.String(), "BenchmarkFrame/scene=small/phase=write-2 1 10000.0 ns/op"))
	// Output: true
}

// Frames in which nothing was drawn are dropped, and a warm-up is forgotten.
func ExampleRecorder_Drop() {
	rec := frametime.NewRecorder(2)
	frame := func(drawn bool) {
		rec.Begin()
		rec.Enter(frametime.Encode)
		time.Sleep(time.Millisecond)
		if drawn {
			rec.End()
		} else {
			rec.Drop() // the window is minimised, for example
		}
	}
	frame(true)
	rec.Reset()
	frame(false)
	frame(true)
	fmt.Println(rec.Len(), "frame;", rec.Report().Explained > 0.9)
	// Output: 1 frame; true
}

// A report of times that another program measured.
func ExampleReport_SetSamples() {
	samples := map[string][]float64{}
	for _, p := range frametime.Phases() {
		samples[p.String()] = []float64{10, 20, 30} // µs, frame by frame
	}
	var r frametime.Report
	r.Name = "scene=small"
	r.SetSamples(samples)
	fmt.Println(r.Heading(), "·", r.ID(), "· encode", r.Median(frametime.Encode), "µs")
	r.Machine = frametime.Machine{CPU: "a processor", CPUs: 2, Go: "go1.26"}
	fmt.Println(r.Place())
	// Output:
	// scene=small · 3 frames · scene=small · encode 20 µs
	// a processor · 2 cores · go1.26
}

func ExampleThisMachine() {
	m := frametime.ThisMachine()
	fmt.Println(m.OS == runtime.GOOS, m.CPUs == runtime.NumCPU(), m.Version != "")
	// Output: true true true
}
