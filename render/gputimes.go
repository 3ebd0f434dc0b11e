//go:build cgo || js

package render

import "time"

// GPUTime is the time that the GPU took for a frame.
type GPUTime struct {
	Frame uint64 // the frame's number, as in FrameStats
	Time  time.Duration
}

// GPUTimes appends to dst how long the GPU took for frames, oldest first, and forgets these times. It needs
// Config.Timestamps and Device.Timestamps; without them there are no times. It never waits: times arrive in sets of 32
// frames, dozens of frames late, and some frames have none, so go by the frame's number. Call it between frames, on the
// render goroutine.
func (r *Renderer) GPUTimes(dst []GPUTime) []GPUTime {
	r.alive("GPUTimes", "the renderer")
	if r.timer == nil {
		return dst
	}
	dst = append(dst, r.timer.times...)
	r.timer.times = r.timer.times[:0]
	return dst
}
