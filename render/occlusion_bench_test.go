//go:build unix

package render_test

import (
	"fmt"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// BenchmarkOcclusion draws a heap of cubes or spheres, around which the camera turns, with occlusion and without, in
// turn, and reports the process's CPU time of a frame and the ratio. open is a wall of cubes, none of which hides
// another.
//
//	go test -run '^$' -bench 'BenchmarkOcclusion$' -benchtime 15x ./render
func BenchmarkOcclusion(b *testing.B) {
	d := openDevice(b)
	defer render.OccludeFrom(render.OccludeFrom(0))
	for _, c := range []struct {
		name    string
		n, msaa int
		mesh    *render.Mesh
	}{
		{"heap", 10_000, 1, cubeMesh(b, d)}, {"heap", 20_000, 1, cubeMesh(b, d)}, {"heap", 100_000, 1, cubeMesh(b, d)},
		{"heap", 100_000, 4, cubeMesh(b, d)}, {"heap", 1_000_000, 1, cubeMesh(b, d)}, {"spheres", 20_000, 1, sphereMesh(b, d, 16, 8)},
		{"open", 100_000, 1, cubeMesh(b, d)},
	} {
		b.Run(fmt.Sprintf("%s=%d/msaa=%d", c.name, c.n, c.msaa), func(b *testing.B) {
			s := newStage(b, d, 1280, 720, render.Config{MSAA: c.msaa})
			side := 1
			for side*side*side < c.n {
				side++
			}
			models := make([]mgl32.Mat4, c.n)
			camera := render.NewCamera(mgl32.Vec3{}, float32(side)*2.5)
			for i := range models {
				models[i] = benchCube(i, side)
				if c.name == "open" {
					models[i] = mgl32.Translate3D(float32(i%400)-200, float32(i/400)-125, 0).Mul4(mgl32.Scale3D(0.7, 0.7, 0.7))
					camera = render.Camera{Distance: 420, FovY: 0.6, Near: 0.1}
				}
			}
			batch := newBatch(b, s, stored(b, models), c.mesh, render.BatchConfig{})
			frame := func(from int) func() {
				return func() {
					render.OccludeFrom(from)
					camera.Yaw += 0.003
					_, err := s.renderer.Frame(s.target, &camera, batch)
					check(b, err)
					d.Wait()
				}
			}
			today, occluded := frame(1<<30), frame(0)
			times := inTurn(b, b.N, today, occluded)
			listed, err := batch.Listed()
			check(b, err)
			b.ReportMetric(times[0], "today-ms")
			b.ReportMetric(times[1], "ms")
			b.ReportMetric(times[1]/times[0], "x-today")
			b.ReportMetric(float64(listed)/float64(c.n), "drawn")
			b.ReportMetric(0, "ns/op")
		})
	}
}
