package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
)

// A Go type and a WGSL record of different strides draw something else, or nothing: an
// error names both.
func TestStridesMustAgree(t *testing.T) {
	type loose struct { // the WGSL below, as one would write it in Go: 32 bytes
		Place, Tint mgl32.Vec3
		Scale, Pad  float32
	}
	type laid struct { // as WGSL lays it out: 48 bytes
		Place mgl32.Vec3
		_     float32
		Tint  mgl32.Vec3
		Scale float32
		_     [4]float32
	}
	const vec3s = `struct Record { place: vec3f, tint: vec3f, scale: f32, pad: f32 }`
	const floats = `struct Record { place: vec3f, scale: f32, tint: vec4f }` // 32 bytes
	const functions = `
fn model(r: Record) -> mat4x4f { let s = r.scale; return mat4x4f(vec4f(s, 0, 0, 0), vec4f(0, s, 0, 0), vec4f(0, 0, s, 0), vec4f(r.place, 1)); }
fn tint(r: Record, index: u32) -> vec4f { return vec4f(r.tint.rgb, 1.0); }`
	d := openDevice(t)
	for _, look := range []render.Look{render.Plain, render.Studio} {
		s := newStage(t, d, 32, 32, render.Config{Look: look})
		sphere, err := render.NewSphere(d, 8, 4)
		check(t, err)
		t.Cleanup(sphere.Release)
		for _, mesh := range []*render.Mesh{cubeMesh(t, d), sphere} {
			strides(t, s, newArena[loose](t), mesh, vec3s+functions, 32, 48)
			strides(t, s, newArena[laid](t), mesh, vec3s+functions, 48, 48)
			strides(t, s, newArena[laid](t), mesh, floats+functions, 48, 32)
			strides(t, s, newArena[loose](t), mesh, floats+functions, 32, 32)
		}
	}
}

func strides[T any](t *testing.T, s stage, a *arena.Arena[T], m *render.Mesh, record string, size, stride int) {
	t.Helper()
	b, err := render.NewBatch(s.renderer, a, m, render.BatchConfig{Record: record})
	if size == stride {
		check(t, err)
		b.Release()
		return
	}
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("has %d bytes, but its WGSL record has a stride of %d", size, stride)) {
		t.Errorf("%d and %d bytes: %v", size, stride, err)
	}
}
