package upload_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

// BenchmarkSparse times frames of 10,000 random slots of 1,000,000, from the end of Descend until the GPU is done: with
// Auto, with Ranges, and without an uploader, by the binding's own WriteBuffer for every range. One uploader to each
// arena, as a program has it.
func BenchmarkSparse(b *testing.B) {
	device, info := openAdapter(b)
	queue := device.GetQueue()
	defer queue.Release()
	for _, strategy := range []upload.Strategy{upload.Auto, upload.Ranges} {
		b.Run(fmt.Sprint(strategy), func(b *testing.B) {
			benchmarkSparse(b, device, queue, func(a *arena.Arena[mat]) func(arena.Delta) {
				u := newUploader(b, device, a, upload.Config{Strategy: strategy, Costs: upload.DefaultCosts(info.AdapterType)})
				return func(arena.Delta) {
					if _, err := u.Upload(); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
	b.Run("binding", func(b *testing.B) {
		benchmarkSparse(b, device, queue, func(a *arena.Arena[mat]) func(arena.Delta) {
			buffer, err := device.CreateBuffer(&wgpu.BufferDescriptor{
				Size: sparseSlots * uint64(unsafe.Sizeof(mat{})), Usage: wgpu.BufferUsageStorage | wgpu.BufferUsageCopyDst})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(buffer.Release)
			return func(d arena.Delta) {
				for _, r := range d.Ranges {
					bytes := wgpu.ToBytes(a.Mirror()[r.First : r.First+r.Count])
					if err := queue.WriteBuffer(buffer, uint64(r.First)*uint64(unsafe.Sizeof(mat{})), bytes); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	})
}

const sparseSlots, sparseChanged = 1_000_000, 10_000

func benchmarkSparse(b *testing.B, device *wgpu.Device, queue *wgpu.Queue, newApply func(*arena.Arena[mat]) func(arena.Delta)) {
	a := newArena(b, arena.Config[mat]{MaxSlots: sparseSlots})
	span, err := a.AllocSpan(sparseSlots, mat{})
	if err != nil {
		b.Fatal(err)
	}
	apply := newApply(a)
	apply(a.Descend())
	rng := rand.New(rand.NewPCG(8, 8))
	var took []float64
	for frame := range b.N + 3 {
		for range sparseChanged {
			span.Set(rng.IntN(sparseSlots), &mat{float32(frame)})
		}
		span.Flush()
		delta := a.Descend()
		gpu.Wait(device)
		start := time.Now()
		apply(delta)
		gpu.Wait(device)
		if frame >= 3 { // the first warm up
			took = append(took, float64(time.Since(start).Nanoseconds())/1e3)
		}
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2], "apply-µs")
	b.ReportMetric(0, "ns/op") // it counts the writers too
}
