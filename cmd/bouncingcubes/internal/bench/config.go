package bench

import (
	"io"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// Config says what one run times.
type Config struct {
	Cubes, Workers int
	Pattern        string  // sim, the physics; random, stride or run
	Moving         float64 // fraction of the cubes that a pattern other than sim writes each tick, 0 to 1
	Tick           float64 // Hz
	Free           bool    // ticks by the clock instead of one a frame
	Seed           uint64
	Fountain       bool

	Frames, Warmup int
	MSAA           int
	Look           render.Look
	Upload         upload.Strategy

	Window, VSync bool // what the screen is, for the report

	Record string    // a file for what is shown, - for Stdout; empty: none
	Stdout io.Writer // of the program
}

// Screen is what runs draw to. Its Next, of a window, says whether it is still there; nil: offscreen.
type Screen struct {
	Device *render.Device
	Target render.Target
	Next   func() bool
}
