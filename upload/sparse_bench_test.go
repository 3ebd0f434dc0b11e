package upload_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// BenchmarkSparse times frames of 10,000 random slots of 1,000,000, until the GPU is done, with one uploader to each
// arena as a program has it: Auto, then Ranges.
func BenchmarkSparse(b *testing.B) {
	device, info := openAdapter(b)
	queue := device.GetQueue()
	defer queue.Release()
	wait := func() { queue.Submit(); device.Poll(true, nil) }
	for _, strategy := range []upload.Strategy{upload.Auto, upload.Ranges} {
		b.Run(fmt.Sprint(strategy), func(b *testing.B) {
			const slots, changed = 1_000_000, 10_000
			a := newArena(b, arena.Config[mat]{MaxSlots: slots})
			span, err := a.AllocSpan(slots, mat{})
			if err != nil {
				b.Fatal(err)
			}
			u := newUploader(b, device, a, upload.Options{Strategy: strategy, Costs: upload.DefaultCosts(info.AdapterType)})
			sync(b, u)
			rng := rand.New(rand.NewPCG(8, 8))
			var apply, descend []float64
			for frame := range b.N + 3 {
				for range changed {
					span.Set(rng.IntN(slots), &mat{float32(frame)})
				}
				span.Flush()
				wait()
				start := time.Now()
				stats := sync(b, u)
				wait()
				if took := time.Since(start); frame >= 3 {
					apply = append(apply, float64((took-stats.Descend).Nanoseconds())/1e3)
					descend = append(descend, float64(stats.Descend.Nanoseconds())/1e3)
				}
			}
			slices.Sort(apply)
			slices.Sort(descend)
			b.ReportMetric(apply[len(apply)/2], "apply-µs")
			b.ReportMetric(descend[len(descend)/2], "descend-µs")
			b.ReportMetric(0, "ns/op") // it counts the writers too
		})
	}
}
