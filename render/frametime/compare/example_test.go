package compare_test

import (
	"fmt"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/compare"
)

// run is a report whose frames take the given time and a little more.
func run(frames int, us float64) frametime.Report {
	samples := map[string][]float64{}
	for i := range frames {
		for _, phase := range []string{"encode", "frame"} {
			samples[phase] = append(samples[phase], us+float64(i%7))
		}
	}
	var r frametime.Report
	r.SetSamples(samples)
	return r
}

func ExampleCompare() {
	for _, frames := range []int{3, 60} {
		c, err := compare.Compare([]frametime.Report{run(frames, 1000)}, []frametime.Report{run(frames, 1200)}, 5)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d frames: %d phases slower, %d that cannot be told\n", frames, c.Regressions(), c.Untold())
	}
	// Output:
	// 3 frames: 0 phases slower, 2 that cannot be told
	// 60 frames: 2 phases slower, 0 that cannot be told
}

// What became of each phase.
func ExampleChange() {
	c, err := compare.Compare([]frametime.Report{run(60, 1000)}, []frametime.Report{run(60, 1200)}, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, change := range c.Pairs[0].Changes {
		fmt.Printf("%v: %+.1f%%, told: %v, significant: %v\n", change.Phase, change.Percent(), change.Told(), change.Significant())
	}
	// Output:
	// encode: +19.9%, told: true, significant: true
	// frame: +19.9%, told: true, significant: true
}
