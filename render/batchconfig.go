//go:build cgo || js

package render

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/upload"
)

// BatchConfig configures a Batch. The zero value draws arenas of mgl32.Mat4, Instance, Motion and MotionInstance, in
// the light of the renderer's look.
type BatchConfig struct {
	// Upload says how changes reach the GPU. The zero value takes the cheapest way, in pages of up to 64 MiB.
	Upload upload.Config

	// NoCull turns culling off. With culling, and from 4,096 slots or 24,576 triangles on, the GPU first finds the
	// slots that a camera, or a shadow map of Studio, can see, and draws only those. The picture is the same, byte for
	// byte. From 98,304 triangles on (16,384 cubes), it also leaves out slots that are hidden behind others in the
	// camera's picture, while that pays: again, the picture is the same. A batch with a Module is never culled.
	NoCull bool

	// Colors are for slots without a colour of their own, Mat4 and Motion. Each slot has one of them, always the same,
	// that depends on its index. 8 at most; nil stands for a built-in palette.
	Colors []Color

	// Origin is the place in the world that slots count from, in metres. Batch.SetOrigin changes it.
	Origin mgl64.Vec3

	// Tick is the time that a Motion takes from From to To, an hour at most. With 0 it is at To at once. Batch.SetTick
	// changes it.
	Tick time.Duration

	// Record is WGSL for an arena of any other type. "" stands for the types that are built in. It declares
	//	struct Record { … }                            laid out as the Go type
	//	fn model(r: Record) -> mat4x4f                 turns mesh into world coordinates, from Origin; last row 0 0 0 w
	//	fn tint(r: Record, index: u32) -> vec4f        the slot's colour
	// If a Record contains a Motion, Motion and moved(m: Motion) -> mat4x4f are declared for you (shaders/motion.wgsl).
	// For a batch of a MeshSet, Record may also declare
	//	fn shape(r: Record, index: u32) -> u32         the mesh of the set that the slot shows
	// which takes the place of Batch.SetShape. index is the slot's arena index.
	Record string

	// Shade is WGSL that colours a point of a surface. "" stands for the slot's colour in the look's light. It declares
	//	fn shade(p: Point) -> vec4f
	// and may call lit(p), which returns p.color in the look's light. The result is not premultiplied; its alpha goes
	// into the picture. Point and the variable frame are in shaders/scene.wgsl.
	Shade string

	// Module is WGSL that replaces all shaders of the batch. "" stands for none. Its entry points are vs_main and
	// fs_main, its vertex inputs position (location 0) and normal (location 1), both vec3f, and color (location 2), a
	// vec4f. Its bindings are those that the package comment lists, with array<T> for the records. frame.view_proj
	// turns coordinates that count from the camera's origin into clip coordinates; batch.origin is Origin, counted from
	// there. Module may call output(c: vec3f) -> vec4f, which turns a linear colour into the colour that the target
	// stores. A batch with a Module casts no shadow, and Pick does not find it.
	Module string
}

func (cfg *BatchConfig) check() error {
	if len(cfg.Colors) > maxColors {
		return fmt.Errorf("render: NewBatch: %d Colors: use %d at most", len(cfg.Colors), maxColors)
	}
	for _, c := range cfg.Colors {
		if !finite(c[:]...) {
			return fmt.Errorf("render: NewBatch: the colour %v is not finite", c)
		}
	}
	if !finiteOrigin(cfg.Origin) {
		return fmt.Errorf("render: NewBatch: the Origin %v is not finite: give metres in the world", cfg.Origin)
	}
	if err := checkTick(cfg.Tick); err != nil {
		return fmt.Errorf("render: NewBatch: %w", err)
	}
	if cfg.Module != "" && (cfg.Record != "" || cfg.Shade != "") {
		return errors.New("render: NewBatch: Module replaces Record and Shade: set Module alone")
	}
	return nil
}
