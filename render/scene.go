//go:build cgo || js

package render

import "github.com/go-gl/mathgl/mgl32"

// frameUniform is Frame of scene.wgsl.
type frameUniform struct {
	ViewProj   mgl32.Mat4
	Eye        mgl32.Vec4
	Sun        mgl32.Vec4
	SunColor   Color
	SkyColor   Color
	EarthColor Color
	Backdrop   Color
	SunMap     mgl32.Mat4
	SkyMap     mgl32.Mat4
	Region     mgl32.Vec4
	Now        uint32
	Pixels     float32
	Width      float32
	Height     float32
	Ground     mgl32.Vec4
	EyeProj    mgl32.Mat4
	Seen       mgl32.Vec4
}

// batchUniform is Batch of scene.wgsl.
type batchUniform struct {
	First, Colors uint32
	Tick          uint32
	ID            uint32
	Palette       [maxColors]Color

	// These change where the camera or the batch moves.
	Origin, FromEye, FromEyeRest mgl32.Vec4
	Ahead, Slots                 uint32
	_                            [2]uint32
	Center, Half                 mgl32.Vec4 // of the first mesh's box
}
