//go:build unix

package render_test

import (
	"fmt"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// BenchmarkShapes draws 100,000 slots of 16 shapes that are mixed at random, all in view, by one batch of a set, and
// reports ratios of CPU time: of the kernels to those of one batch of one mesh, and of the frame to that of 16 batches,
// each of which has the slots of one shape. one-shape is a set of one mesh over that mesh.
//
//	go test -run '^$' -bench 'BenchmarkShapes$' -benchtime 9x ./render
func BenchmarkShapes(b *testing.B) {
	d := openDevice(b)
	for _, n := range []int{100_000, 1_000_000} {
		models := make([]mgl32.Mat4, n)
		side := 47
		if n > 100_000 {
			side = 100
		}
		for i := range models {
			models[i] = benchCube(i, side)
		}
		for _, shapes := range []int{1, 4, 16, 64} {
			b.Run(fmt.Sprintf("slots=%d/shapes=%d", n, shapes), func(b *testing.B) {
				s := newStage(b, d, 1280, 720, render.Config{})
				camera := render.NewCamera(mgl32.Vec3{}, float32(side)*2.5)
				var meshes []*render.Mesh
				for range shapes {
					meshes = append(meshes, sphereMesh(b, d, 4, 2))
				}
				all := stored(b, models)
				today := newBatch[mgl32.Mat4](b, s, all, meshes[0], render.BatchConfig{})
				set := newBatch[mgl32.Mat4](b, s, all, newSet(b, d, meshes...), render.BatchConfig{})
				for i := range models {
					set.SetShape(i, 1, uint8(shapeOf(i, shapes)))
				}
				var each []render.Drawable
				for k := range meshes {
					var own []mgl32.Mat4
					for i, m := range models {
						if shapeOf(i, shapes) == k {
							own = append(own, m)
						}
					}
					each = append(each, newBatch[mgl32.Mat4](b, s, stored(b, own), meshes[k], render.BatchConfig{}))
				}
				frame := func(batches ...render.Drawable) func() {
					return func() {
						_, err := s.renderer.Frame(s.target, &camera, batches...)
						check(b, err)
						d.Wait()
					}
				}
				kernels := func(batches ...render.Drawable) func() {
					return func() {
						check(b, s.renderer.Cull(&camera, 1280, 720, batches...))
						d.Wait()
					}
				}
				frames := inTurn(b, b.N, frame(today), frame(set), frame(each...))
				alone := inTurn(b, 2*b.N+1, kernels(today), kernels(set))
				b.ReportMetric(alone[0], "kernels-one-ms")
				b.ReportMetric(alone[1]/alone[0], "x-kernels")
				b.ReportMetric(frames[1], "frame-ms")
				b.ReportMetric(frames[1]/frames[0], "x-one-batch")
				b.ReportMetric(frames[1]/frames[2], "x-batch-a-shape")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkDetail draws spheres of 32×16, all in view as in BenchmarkCull, with simpler meshes and without, in turn. It
// reports the ratio, and how much the pictures differ, of 255.
//
//	go test -run '^$' -bench 'BenchmarkDetail$' -benchtime 3x ./render -timeout 20m
func BenchmarkDetail(b *testing.B) {
	d := openDevice(b)
	for _, n := range []int{8_000, 125_000} {
		b.Run(fmt.Sprintf("spheres=%d", n), func(b *testing.B) {
			models := make([]mgl32.Mat4, n)
			for i := range models {
				models[i] = benchCube(i*(1_000_000/n), 100)
			}
			s := newStage(b, d, 1280, 720, render.Config{})
			camera := render.NewCamera(mgl32.Vec3{}, 250)
			camera.Yaw, camera.Pitch = 0, 0
			full := sphereMesh(b, d, 32, 16)
			set := newSet(b, d, full)
			check(b, set.Detail(0, sphereMesh(b, d, 16, 8), 40))
			check(b, set.Detail(0, sphereMesh(b, d, 12, 6), 12))
			check(b, set.Detail(0, nil, 1.5))
			a := stored(b, models)
			batches := []render.Drawable{
				newBatch[mgl32.Mat4](b, s, a, full, render.BatchConfig{}), newBatch[mgl32.Mat4](b, s, a, set, render.BatchConfig{}),
			}
			var ways []func()
			var pixels [2][]byte
			for k, batch := range batches {
				ways = append(ways, func() {
					_, err := s.renderer.Frame(s.target, &camera, batch)
					check(b, err)
					d.Wait()
				})
				ways[k]()
				img, err := s.target.Image()
				check(b, err)
				pixels[k] = img.Pix
			}
			times := inTurn(b, b.N, ways...)
			sum := 0
			for i := range pixels[0] {
				sum += max(int(pixels[0][i])-int(pixels[1][i]), int(pixels[1][i])-int(pixels[0][i]))
			}
			b.ReportMetric(times[0], "full-ms")
			b.ReportMetric(times[1]/times[0], "x-full")
			b.ReportMetric(float64(sum)/float64(len(pixels[0]))*4/3, "mean-difference")
			b.ReportMetric(0, "ns/op")
		})
	}
}
