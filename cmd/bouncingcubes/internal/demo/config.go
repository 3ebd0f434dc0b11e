package demo

import (
	"expvar"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/record"
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
	spread         bool // workers, where the CPU draws: newScene knows

	Replay *record.Recording // instead of a simulation; nil: none
	From   time.Duration     // where it begins
	Speed  float64           // times as fast as it was

	NATS    *nats.Conn // to publish and to follow
	Publish string     // a name to publish under; empty: none
	Follow  []string   // names to follow instead of simulating

	Counters *expvar.Map // gets what is counted of Publish, under its name; nil: nobody asks

	Record string       // a file for what is shown, - for Stdout; empty: none
	Stdout io.Writer    // of the program
	Say    func(string) // to whoever watches
	Warn   func(error)  // of what is not as it should be, and does not keep anything from being shown

	Frames     int // to draw; 0: until the window closes
	Screenshot string
	MSAA       int
	Look       render.Look
	LookGiven  bool // else a window that the CPU draws takes the cheap look
	Upload     upload.Strategy
}
