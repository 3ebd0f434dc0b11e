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
					newBatch(b, s, a, m.mesh, render.BatchConfig{NoCull: true}), newBatch(b, s, a, m.mesh, render.BatchConfig{}),
				}
				var encode time.Duration // of the last frame
				frame := func(batch render.Drawable) func() {
					return func() {
						stats, err := s.renderer.Frame(s.target, &camera, batch)
						check(b, err)
						d.Wait()
						encode = stats.Encode + stats.Submit
					}
				}
				medians := inTurn(b, b.N, frame(batches[0]), frame(batches[1]))
				b.ReportMetric(medians[0], "all-ms")
				b.ReportMetric(medians[1], "culled-ms")
				b.ReportMetric(medians[1]/medians[0], "x-all")
				b.ReportMetric(float64(encode.Microseconds()), "encode-µs")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// inTurn runs each way n times, in turn, and returns the medians of the process's CPU times, in milliseconds. A first
// turn does not count: it uploads.
func inTurn(b *testing.B, n int, ways ...func()) []float64 {
	b.Helper()
	times := make([][]float64, len(ways))
	for round := range n + 1 {
		for k, way := range ways {
			before := processTime(b)
			way()
			if round > 0 {
				times[k] = append(times[k], processTime(b)-before)
			}
		}
	}
	medians := make([]float64, len(ways))
	for k := range times {
		slices.Sort(times[k])
		medians[k] = times[k][n/2]
	}
	return medians
}

// processTime is the CPU time that the process has taken, in milliseconds.
func processTime(b *testing.B) float64 {
	var u syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

// BenchmarkMoving draws cubes that all turn, from StoreAll until the picture is there. The comparison with raylib draws
// the same.
func BenchmarkMoving(b *testing.B) {
	d := openDevice(b)
	for _, cubes := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("cubes=%d", cubes), func(b *testing.B) {
			var moments [8][]mgl32.Mat4
			for k := range moments {
				for i := range cubes {
					moments[k] = append(moments[k], benchCube(i, benchSide(cubes)).Mul4(mgl32.HomogRotate3DY(0.05*float32(k))))
				}
			}
			span, draw := benchBlock(b, d, cubes, render.Config{MSAA: 1}, cubeMesh(b, d), render.BatchConfig{})
			n := 0
			frame := func() {
				span.StoreAll(moments[n%len(moments)])
				n++
				draw()
			}
			for range 8 {
				frame()
			}
			began := processTime(b)
			for b.Loop() {
				frame()
			}
			b.ReportMetric((processTime(b)-began)/float64(b.N), "cpu-ms")
		})
	}
}

// BenchmarkMotion draws 100,000 cubes that all move, at 20 ticks in 60 frames a second: as motions, stored on ticks,
// and as matrices, stored in every frame. It reports the bytes and calls of a frame, the process's CPU time of one, in
// which the stores are, and the ratios.
//
//	go test -run '^$' -bench 'BenchmarkMotion$' -benchtime 10x ./render
func BenchmarkMotion(b *testing.B) {
	const n, perTick, frame = 100_000, 3, time.Second / 60
	d := openDevice(b)
	s := newStage(b, d, 1280, 720, render.Config{})
	motions, err := arena.New(arena.Config[render.Motion]{})
	check(b, err)
	group := motions.NewGroup()
	moving, err := group.AllocSpan(n, render.Motion{})
	check(b, err)
	matrices, err := arena.New(arena.Config[mgl32.Mat4]{})
	check(b, err)
	posed, err := matrices.AllocSpan(n, mgl32.Mat4{})
	check(b, err)
	cube := cubeMesh(b, d)
	batches := []render.Drawable{
		newBatch(b, s, matrices, cube, render.BatchConfig{}), newBatch(b, s, motions, cube, render.BatchConfig{Tick: perTick * frame}),
	}
	places, poses := make([]mgl32.Vec3, n), make([]mgl32.Mat4, n)
	for i := range poses {
		poses[i] = benchCube(i, 47)
		places[i] = poses[i].Col(3).Vec3()
	}
	camera := render.NewCamera(mgl32.Vec3{}, 117)
	store := []func(k int){
		func(k int) {
			for i := range poses {
				poses[i][13] = places[i][1] + float32(k%60)*0.01
			}
			posed.StoreAll(poses)
		},
		func(k int) {
			if k%perTick != 0 {
				return
			}
			for i, slots := 0, moving.Stage(0, n); i < n; i++ {
				from, to := places[i], places[i]
				from[1], to[1] = from[1]+float32(k%60)*0.01, to[1]+float32(k%60+perTick)*0.01
				turn := mgl32.Quat{W: 0.8, V: mgl32.Vec3{0.6, 0, 0}}
				slots[i] = render.Motion{From: from, FromTurn: turn, To: to, ToTurn: turn, Scale: 0.5, Start: render.MotionClock(s.renderer.Now)}
			}
			group.Commit(arena.Tick{Number: uint64(k / perTick)})
		},
	}
	var times, encode [2][]float64
	var bytes, calls [2]float64
	frames := perTick * b.N
	for k := range perTick + frames { // the first tick makes what is made once
		s.renderer.Now = time.Duration(k) * frame
		for way, batch := range batches {
			before := processTime(b)
			store[way](k)
			stats, err := s.renderer.Frame(s.target, &camera, batch)
			check(b, err)
			d.Wait()
			if k < perTick {
				continue
			}
			times[way] = append(times[way], processTime(b)-before)
			encode[way] = append(encode[way], float64((stats.Descend+stats.Plan+stats.Write).Microseconds())/1e3)
			bytes[way] += float64(batch.Stats().Bytes) / float64(frames)
			calls[way] += float64(batch.Stats().Calls) / float64(frames)
		}
	}
	mean := func(v []float64) (sum float64) { // a median would leave out the ticks
		for _, x := range v {
			sum += x / float64(len(v))
		}
		return sum
	}
	b.ReportMetric(bytes[1]/1e6, "MB/frame")
	b.ReportMetric(calls[1], "calls/frame")
	b.ReportMetric(bytes[1]/bytes[0], "x-bytes")
	b.ReportMetric(mean(times[0]), "Mat4-ms")
	b.ReportMetric(mean(times[1]), "Motion-ms")
	b.ReportMetric(mean(times[1])/mean(times[0]), "x-Mat4")
	b.ReportMetric(mean(encode[1])/mean(encode[0]), "x-upload")
	b.ReportMetric(0, "ns/op")
}
