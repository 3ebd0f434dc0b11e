//go:build cgo || js

package render

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
)

// Config configures a Renderer. The zero value suits an Offscreen picture made with the zero format; for a window, set
// Format to the window's Format.
type Config struct {
	Format     wgpu.TextureFormat // of the targets; 0 stands for the format of pictures made with the zero format
	MSAA       int                // samples a pixel, 1 or 4; 0 stands for 1
	Look       Look               // Plain if 0
	Timestamps bool               // time each frame on the GPU, if Device.Timestamps; see GPUTimes
	Sun        mgl32.Vec3         // direction towards the sun; the zero vector stands for a built-in one
	Background *Color             // behind all batches; its alpha goes into the picture; nil stands for the look's own
	GroundY    float32            // height of Studio's ground in the world, metres
}

// setDefaults replaces zero values by what they stand for, after a check of all values.
func (cfg *Config) setDefaults(d *Device) error {
	if cfg.MSAA == 0 {
		cfg.MSAA = 1
	}
	if cfg.MSAA != 1 && cfg.MSAA != 4 {
		return fmt.Errorf("render: New: MSAA of %d samples: use 1 or 4", cfg.MSAA)
	}
	if cfg.Look < 0 || int(cfg.Look) >= len(lookNames) {
		return fmt.Errorf("render: New: unknown look %v: use Plain or Studio", cfg.Look)
	}
	if cfg.Format == wgpu.TextureFormatUndefined {
		cfg.Format = d.pictureFormat()
	}
	if !finite(cfg.Sun[:]...) || !finite(cfg.GroundY) {
		return fmt.Errorf("render: New: the Sun %v or the GroundY %v is not finite", cfg.Sun, cfg.GroundY)
	}
	if cfg.Background != nil && !finite(cfg.Background[:]...) {
		return fmt.Errorf("render: New: the Background %v is not finite", *cfg.Background)
	}
	if cfg.Sun == (mgl32.Vec3{}) {
		cfg.Sun = mgl32.Vec3{0.35, 0.8, 0.5}
	}
	background := [...]Color{Plain: RGB(0x1d2330), Studio: RGB(0xe3e7ea)}[cfg.Look]
	if cfg.Background != nil {
		background = *cfg.Background
	}
	cfg.Background = &background
	return nil
}
