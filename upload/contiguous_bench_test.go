package upload_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

// BenchmarkContiguous times a Sync of consecutive slots that all changed beside a copy of the same bytes followed by
// one WriteBuffer of them: until the calls return, and until the GPU is done.
func BenchmarkContiguous(b *testing.B) {
	device := openDevice(b)
	for _, slots := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("slots=%d", slots), func(b *testing.B) { benchmarkContiguous(b, device, slots) })
	}
}

func benchmarkContiguous(b *testing.B, device *wgpu.Device, slots int) {
	queue := device.GetQueue()
	defer queue.Release()

	a := newArena(b, arenaOf(slots))
	span, err := a.AllocSpan(slots, mat{})
	if err != nil {
		b.Fatal(err)
	}
	u := newUploader(b, device, a, upload.Config{})
	sync(b, u)
	source, copied := make([]mat, slots), make([]mat, slots)
	buffer, err := device.CreateBuffer(&wgpu.BufferDescriptor{Size: uint64(slots) * 64, Usage: wgpu.BufferUsageStorage | wgpu.BufferUsageCopyDst})
	if err != nil {
		b.Fatal(err)
	}
	defer buffer.Release()

	values := make([]mat, slots)
	var took [4][]float64 // µs: sync, sync done, copy, copy done
	for frame := range b.N + 3 {
		values[frame%slots][0]++
		span.StoreAll(values)
		copy(source, values) // the copied bytes are as freshly written as the arena's
		gpu.Wait(device)
		for _, which := range [2]int{frame % 2, 1 - frame%2} { // in turn
			start := time.Now()
			if which == 0 {
				sync(b, u)
			} else {
				copy(copied, source)
				if err := queue.WriteBuffer(buffer, 0, wgpu.ToBytes(copied)); err != nil {
					b.Fatal(err)
				}
			}
			called := time.Since(start)
			gpu.Wait(device)
			done := time.Since(start)
			if frame >= 3 {
				took[2*which] = append(took[2*which], float64(called.Nanoseconds())/1e3)
				took[2*which+1] = append(took[2*which+1], float64(done.Nanoseconds())/1e3)
			}
		}
	}
	var median [4]float64
	for i, name := range []string{"sync-µs", "sync-done-µs", "copy-µs", "copy-done-µs"} {
		slices.Sort(took[i])
		median[i] = took[i][len(took[i])/2]
		b.ReportMetric(median[i], name)
	}
	b.ReportMetric(median[0]/median[2], "sync/copy")
	b.ReportMetric(median[1]/median[3], "sync/copy-done")
	b.ReportMetric(0, "ns/op") // it would be the sum of all
}
