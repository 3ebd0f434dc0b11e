//go:build unix

package render_test

import (
	"fmt"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// BenchmarkFit draws cubes in Studio, with shadow maps that are fitted to what is seen and with maps that follow the
// camera's Distance, in turn, and reports the process's CPU time of a frame and the ratio.
//
//	go test -run '^$' -bench 'BenchmarkFit$' -benchtime 15x ./render
func BenchmarkFit(b *testing.B) {
	d := openDevice(b)
	for _, c := range []struct {
		n    int
		seen bool
	}{{10_000, true}, {100_000, true}, {1_000_000, true}, {1_000_000, false}} {
		b.Run(fmt.Sprintf("cubes=%d/seen=%v", c.n, c.seen), func(b *testing.B) {
			s := newStage(b, d, 1280, 720, render.Config{Look: render.Studio, GroundY: -60})
			side := 1
			for side*side*side < c.n {
				side++
			}
			models := make([]mgl32.Mat4, c.n)
			for i := range models {
				models[i] = benchCube(i, side)
				if !c.seen {
					models[i] = mgl32.Translate3D(0, 1e5, 0).Mul4(models[i])
				}
			}
			batch := newBatch(b, s, stored(b, models), cubeMesh(b, d), render.BatchConfig{})
			camera := render.NewCamera(mgl32.Vec3{}, float32(side)*2.5)
			frame := func() {
				_, err := s.renderer.Frame(s.target, &camera, batch)
				check(b, err)
				d.Wait()
			}
			times := inTurn(b, b.N, func() { s.renderer.Blind(frame) }, frame)
			b.ReportMetric(times[0], "before-ms")
			b.ReportMetric(times[1], "ms")
			b.ReportMetric(times[1]/times[0], "x-before")
			b.ReportMetric(0, "ns/op")
		})
	}
}
