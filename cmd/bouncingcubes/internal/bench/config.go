package bench

import (
	"io"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// Config says what a run draws.
type Config struct {
	Cubes, Workers int
	Pattern        string  // sim, the physics; random, stride or run
	Moving         float64 // fraction of the cubes that a pattern other than sim writes in each tick, 0 to 1
	Tick           float64 // Hz
	Free           bool    // tick by the clock instead of once for each frame
	Seed           uint64
	Fountain       bool

	Frames, Warmup int
	MSAA           int
	Look           render.Look
	Upload         upload.Strategy

	Window, VSync bool // properties of the screen, for the report

	Record string // a file to record to, or - for Stdout; empty: none
	Stdout io.Writer
}

// A Screen is the target of the runs. Next is the method of a window that reports whether the window is still open; nil
// for an offscreen target.
type Screen struct {
	Device *render.Device
	Target render.Target
	Next   func() bool
}
