//go:build unix

package render_test

import (
	"slices"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// BenchmarkMotion draws 100,000 cubes that all move, as motions stored 20 times a second
// and as matrices stored for each of 60 frames a second, in turn. It reports the
// process's CPU time of a frame, without storing, and the bytes that go up.
//
//	go test -run '^$' -bench BenchmarkMotion -benchtime 1x ./render
func BenchmarkMotion(b *testing.B) {
	const n, frames = 100_000, 60
	d := openDevice(b)
	motions, err := arena.New(arena.Config[render.Motion]{})
	check(b, err)
	matrices, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(b, err)
	group := motions.NewGroup()
	moving, err := group.AllocSpan(n, render.Motion{})
	check(b, err)
	posed, err := matrices.AllocSpan(n, mgl32.Mat4{})
	check(b, err)
	s := newStage(b, d, 1280, 720, render.Config{})
	batches := []render.Drawable{
		newBatch(b, s, motions, cubeMesh(b, d), render.BatchOptions{Tick: time.Second / 20}),
		newBatch(b, s, matrices, cubeMesh(b, d), render.BatchOptions{}),
	}
	camera := render.NewCamera(mgl32.Vec3{}, 120)
	poses := make([]mgl32.Mat4, n)
	var times, bytes [2][]float64
	quiet := 0
	for frame := range frames * max(b.N, 1) {
		s.renderer.Now = time.Duration(frame) * time.Second / 60
		if frame%3 == 0 {
			for i, slots := 0, moving.Stage(0, n); i < n; i++ {
				turn := mgl32.QuatRotate(float32(frame)/30, mgl32.Vec3{0, 1, 0})
				place := benchCube(i, 47).Col(3).Vec3()
				slots[i] = render.Motion{
					From: place, FromTurn: turn, Start: render.MotionClock(s.renderer.Now), Scale: 0.5,
					To: place.Add(mgl32.Vec3{0.01, 0, 0}), ToTurn: mgl32.QuatRotate(float32(frame+3)/30, mgl32.Vec3{0, 1, 0}),
				}
			}
			group.Commit(arena.Tick{Number: uint64(frame)})
		}
		for i := range poses {
			poses[i] = mgl32.Translate3D(0, 0, 0).Mul4(benchCube(i, 47))
		}
		posed.StoreAll(poses)
		for k, batch := range batches {
			before := processTime(b)
			_, err := s.renderer.Frame(s.target, &camera, batch)
			check(b, err)
			d.Wait()
			if frame < 3 {
				continue // all is new
			}
			times[k] = append(times[k], processTime(b)-before)
			bytes[k] = append(bytes[k], float64(batch.Stats().Bytes))
			if k == 0 && batch.Stats().Calls == 0 {
				quiet++
			}
		}
	}
	var medians, means [2]float64
	for k := range times {
		slices.Sort(times[k])
		medians[k] = times[k][len(times[k])/2]
		for _, x := range bytes[k] {
			means[k] += x / float64(len(bytes[k]))
		}
	}
	b.ReportMetric(medians[0], "motion-ms")
	b.ReportMetric(medians[1], "mat4-ms")
	b.ReportMetric(medians[0]/medians[1], "x-mat4")
	b.ReportMetric(means[0]/means[1], "x-bytes")
	b.ReportMetric(float64(quiet)/float64(len(times[0])), "quiet-frames")
	b.ReportMetric(0, "ns/op")
}
