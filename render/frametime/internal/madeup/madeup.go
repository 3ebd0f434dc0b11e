// Package madeup makes up reports for tests.
package madeup

import (
	"fmt"
	"math/rand/v2"
	"runtime"

	"github.com/slotstream/slotstream/render/frametime"
)

// typical is the time of each phase, µs.
var typical = map[frametime.Phase]float64{frametime.Simulate: 900, frametime.Descend: 210, frametime.Plan: 12, frametime.Write: 350,
	frametime.Encode: 25, frametime.Submit: 90, frametime.Wait: 2400}

// Run makes up a run: each phase takes its typical time times slow, with noise and rare bursts.
func Run(frames int, seed uint64, slow float64) frametime.Report {
	rng := rand.New(rand.NewPCG(seed, 1))
	samples := make(map[string][]float64)
	burst := 1.0
	for range frames {
		if burst *= 0.5; rng.IntN(40) == 0 {
			burst = 2
		}
		frame := 1.5
		for p := frametime.Simulate; p <= frametime.Wait; p++ {
			us := typical[p] * slow * (1 + 0.05*rng.NormFloat64()*rng.NormFloat64() + 0.3*max(0, burst-0.1))
			samples[p.String()] = append(samples[p.String()], us)
			frame += us
		}
		samples["frame"] = append(samples["frame"], frame)
	}
	samples["gpu"] = []float64{}
	r := frametime.Report{
		Explained: 0.99, Measuring: 0.4,
		Machine: frametime.Machine{OS: "linux", Arch: "amd64", CPU: "Example 9000", CPUs: 2, Go: runtime.Version(), Version: "v0"},
		Adapter: frametime.Adapter{Name: "llvmpipe (LLVM 19.1.7, 256 bits)", Backend: "vulkan", Type: "software", Driver: "mesa"},
		Upload: frametime.Upload{CallsPerFrame: 3, BytesPerFrame: 70000, RangesPerFrame: 995.5,
			StrategyFrames: frametime.StrategyFrames{Scatter: frames}, Costs: map[string]float64{"call": 2000}},
		Arena:  frametime.Arena{Live: 100000, UpdatedPerFrame: 1000, TornTotal: 2},
		Memory: frametime.Memory{BindingAllocsPerFrame: 21, BindingBytesPerFrame: 900, ProcessAllocsPerFrame: 21.5, ProcessBytesPerFrame: 950, Audited: 30},
	}
	r.SetSamples(samples)
	named(&r, 100000, "random", 0.01, "auto")
	r.Title = "100,000 cubes, 1% random"
	r.Config.Set("frames", frames)
	r.Config.Set("seed", uint64(1<<63+1))
	r.Config.Set("free", false)
	return r
}

func named(r *frametime.Report, cubes int, pattern string, moving float64, upload string) {
	r.Config.Set("cubes", cubes)
	r.Config.Set("pattern", pattern)
	r.Config.Set("moving", moving)
	r.Config.Set("upload", upload)
	r.Name = fmt.Sprintf("cubes=%d/pattern=%s/moving=%v/upload=%s", cubes, pattern, moving, upload)
}

// Matrix makes up a matrix in which merged is fastest if much moves, and scatter if little does.
func Matrix() []frametime.Report {
	var rs []frametime.Report
	for _, cubes := range []int{10000, 100000} {
		for _, pattern := range []string{"random", "stride", "run"} {
			for _, moving := range []float64{0.001, 0.01, 0.1, 1} {
				for i, strategy := range []string{"auto", "ranges", "merged", "scatter", "full"} {
					slow := float64(cubes) / 1e5 * []float64{0.9 * min(1, moving*3), moving * 12, 0.6 + 0.4*moving, moving * 3, 1}[i]
					r := Run(20, uint64(len(rs)), 0.05+slow)
					named(&r, cubes, pattern, moving, strategy)
					rs = append(rs, r)
				}
			}
		}
	}
	return rs
}
