//go:build unix

package render_test

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// BenchmarkCull draws cubes or spheres of which a part is in view, with culling and
// without, in turn, and reports the process's CPU time of a frame and the ratio.
//
//	go test -run '^$' -bench 'BenchmarkCull$' -benchtime 5x ./render
func BenchmarkCull(b *testing.B) {
	d := openDevice(b)
	sphere, err := render.NewSphere(d, 16, 8)
	check(b, err)
	b.Cleanup(sphere.Release)
	for _, m := range []struct {
		name string
		mesh *render.Mesh
		n    int
	}{{"cubes", cubeMesh(b, d), 1_000_000}, {"spheres", sphere, 125_000}} {
		for _, percent := range []int{100, 50, 10, 1, 0} {
			b.Run(fmt.Sprintf("%s=%d/seen=%d%%", m.name, m.n, percent), func(b *testing.B) {
				a, err := arena.New(arena.Config[mgl32.Mat4]{})
				check(b, err)
				span, err := a.AllocSpan(m.n, mgl32.Mat4{})
				check(b, err)
				models := make([]mgl32.Mat4, m.n)
				for i := range models { // those in view are spread over the slots
					models[i] = benchCube(i, 100)
					if i%100 >= percent {
						models[i] = mgl32.Translate3D(0, 0, 1000).Mul4(models[i])
					}
				}
				span.StoreAll(models)
				s := newStage(b, d, 1280, 720, render.Config{})
				camera := render.NewCamera(mgl32.Vec3{}, 250)
				camera.Yaw, camera.Pitch = 0, 0
				batches := []*render.Batch[mgl32.Mat4]{
					newBatch(b, s, a, m.mesh, render.BatchOptions{NoCull: true}), newBatch(b, s, a, m.mesh, render.BatchOptions{}),
				}
				var times [2][]float64
				var encode [2]time.Duration
				for range b.N + 1 {
					for k, batch := range batches {
						before := processTime(b)
						stats, err := s.renderer.Frame(s.target, &camera, batch)
						check(b, err)
						d.Wait()
						times[k] = append(times[k], processTime(b)-before)
						encode[k] = stats.Encode + stats.Submit
					}
				}
				var medians [2]float64
				for k := range times {
					times[k] = times[k][1:] // the first uploads
					slices.Sort(times[k])
					medians[k] = times[k][len(times[k])/2]
				}
				b.ReportMetric(medians[0], "all-ms")
				b.ReportMetric(medians[1], "culled-ms")
				b.ReportMetric(medians[1]/medians[0], "x-all")
				b.ReportMetric(float64(encode[1].Microseconds()), "encode-µs")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// processTime is the CPU time that the process has taken, in milliseconds.
func processTime(b *testing.B) float64 {
	var u syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}
