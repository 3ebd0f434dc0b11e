package demo

import (
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// Config says what to show.
type Config struct {
	Cubes, Workers int
	MaxCubes       int     // that + may make
	Tick           float64 // Hz
	Seed           uint64
	Fountain       bool

	Frames     int // to draw; 0: until the window closes
	Screenshot string
	MSAA       int
	Look       render.Look
	LookGiven  bool // else a window that the CPU draws takes the cheap look
	Upload     upload.Strategy
}
