//go:build unix

package render_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// BenchmarkPoints draws points that all change in every frame, in turn with two baselines, and reports the process's
// CPU time of a frame: slots of 32 bytes that store as much and draw nothing, which is what streaming costs, and what
// a user would do without Point: balls of 6×3 triangles, whose slots have a place and a size.
//
//	go test -run '^$' -bench BenchmarkPoints -benchtime 5x ./render
func BenchmarkPoints(b *testing.B) {
	type slot struct {
		place mgl32.Vec4
		_     mgl32.Vec4
	}
	const record = `struct Record { place: vec4f, spare: vec4f }
fn model(r: Record) -> mat4x4f {
    let d = r.place.w;
    return mat4x4f(vec4f(d, 0.0, 0.0, 0.0), vec4f(0.0, d, 0.0, 0.0), vec4f(0.0, 0.0, d, 0.0), vec4f(r.place.xyz, 1.0));
}
fn tint(r: Record, index: u32) -> vec4f { return vec4f(1.0); }`
	d := openDevice(b)
	ball, err := render.NewSphere(d, 6, 3)
	check(b, err)
	b.Cleanup(ball.Release)
	for _, n := range []int{100_000, 1_000_000} {
		for _, pixels := range []float32{1, 3} {
			b.Run(fmt.Sprintf("points=%d/pixels=%v", n, pixels), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 2))
				points, balls, nothing := make([]render.Point, n), make([]slot, n), make([]slot, n)
				const distance = 100
				size := pixels * 2 * distance * 0.4228 / 720 // metres that pixels have at the distance
				for i := range points {
					p := mgl32.Vec3{rng.Float32()*100 - 50, rng.Float32()*60 - 30, 0}
					points[i] = render.Point{Center: p, Radius: size}
					balls[i].place = p.Vec4(2 * size)
				}
				s := newStage(b, d, 1280, 720, render.Config{})
				cfg := render.BatchConfig{Record: record}
				frames := []func(){changing(b, s, points, nil, render.BatchConfig{}), changing(b, s, nothing, ball, cfg), changing(b, s, balls, ball, cfg)}
				m := inTurn(b, b.N, frames...)
				b.ReportMetric(m[0], "points-ms")
				b.ReportMetric(m[1], "streamed-ms")
				b.ReportMetric(m[2], "balls-ms")
				b.ReportMetric(m[0]/m[2], "x-balls")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkLines draws lines that all change in every frame, in turn with what a user would do without Line: cubes
// that matrices stretch.
func BenchmarkLines(b *testing.B) {
	d := openDevice(b)
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("lines=%d", n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			lines, cubes := make([]render.Line, n), make([]mgl32.Mat4, n)
			for i := range lines {
				a := mgl32.Vec3{rng.Float32()*100 - 50, rng.Float32()*60 - 30, rng.Float32()*20 - 10}
				along := mgl32.Vec3{rng.Float32() - 0.5, rng.Float32() - 0.5, rng.Float32() - 0.5}.Mul(4)
				lines[i] = render.Line{A: a, B: a.Add(along), Width: 0.2}
				turn := mgl32.QuatBetweenVectors(mgl32.Vec3{1, 0, 0}, along.Normalize())
				m := a.Add(along.Mul(0.5))
				cubes[i] = mgl32.Translate3D(m[0], m[1], m[2]).Mul4(turn.Mat4()).Mul4(mgl32.Scale3D(along.Len(), 0.2, 0.2))
			}
			s := newStage(b, d, 1280, 720, render.Config{})
			m := inTurn(b, b.N, changing(b, s, lines, nil, render.BatchConfig{}), changing(b, s, cubes, cubeMesh(b, d), render.BatchConfig{}))
			b.ReportMetric(m[0], "lines-ms")
			b.ReportMetric(m[1], "cubes-ms")
			b.ReportMetric(m[0]/m[1], "x-cubes")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// changing returns a function that stores all slots and draws a frame of them.
func changing[T any](b *testing.B, s stage, slots []T, mesh *render.Mesh, cfg render.BatchConfig) func() {
	a, err := arena.New(arena.Config[T]{MaxSlots: len(slots)})
	check(b, err)
	span, err := a.AllocSpan(len(slots), slots[0])
	check(b, err)
	batch := newBatch(b, s, a, mesh, cfg)
	camera := render.Camera{Distance: 100}
	return func() {
		span.StoreAll(slots)
		_, err := s.renderer.Frame(s.target, &camera, batch)
		check(b, err)
		s.device.Wait()
	}
}
