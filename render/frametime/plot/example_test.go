package plot_test

import (
	"bytes"
	"fmt"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/plot"
)

func ExampleRun() {
	rec := frametime.NewRecorder(10)
	for rec.Len() < 10 {
		rec.Begin()
		rec.Enter(frametime.Encode)
		rec.End()
	}
	r := rec.Report()
	var picture bytes.Buffer
	err := plot.Run(&picture, ".svg", &r)
	fmt.Println(bytes.Contains(picture.Bytes(), []byte("<svg")), err)
	// Output: true <nil>
}

func ExampleMatrix() {
	var runs []frametime.Report
	for _, moving := range []float64{0.1, 1} {
		for _, upload := range []string{"auto", "full"} {
			rec := frametime.NewRecorder(10)
			for rec.Len() < 10 {
				rec.Begin()
				rec.Enter(frametime.Write)
				rec.End()
			}
			r := rec.Report()
			r.Config.Set("scene", "city")
			r.Config.Set("moving", moving)
			r.Config.Set("upload", upload)
			runs = append(runs, r)
		}
	}
	var picture bytes.Buffer
	err := plot.Matrix(&picture, ".png", runs, plot.Grid{Row: "scene", Column: "scene", X: "moving", Line: "upload", Reference: "auto"})
	fmt.Println(picture.Len() > 1000, err)
	// Output: true <nil>
}
