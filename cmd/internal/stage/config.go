package stage

import (
	"context"
	"expvar"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// Config says what to draw, and where else it goes.
type Config struct {
	// Open makes the source. Software reports whether the CPU draws. If ctx is cancelled meanwhile, the source may
	// become smaller than it was to be.
	Open func(ctx context.Context, software bool) (Source, error)

	Frames     int          // how many to draw; 0: until the window is closed
	Lockstep   int          // how many frames Draw steps the source through
	Each       func() error // Draw calls it after each of these frames, if it is not nil
	Screenshot string
	MSAA       int
	Look       render.Look
	LookGiven  bool // otherwise a window that the CPU draws has the cheap look
	Upload     upload.Strategy

	Outputs
}

// Outputs say where the layers of a source go besides the picture. The first layer takes the names as they are; for a
// second layer, of other slots, they end with -2, and so on.
type Outputs struct {
	Record string // a file to record to, or - for Stdout; empty: none
	Stdout io.Writer

	Publish  string      // a name to publish under; empty: none
	NATS     *nats.Conn  // for Publish
	Counters *expvar.Map // gets the counters of Publish, under its name; nil: they are not served

	Say  func(string) // prints a line for the user
	Warn func(error)  // prints an error after which the program goes on
}

// offscreenTick is the time from one look at a live source to the next one, if the source does not say.
const offscreenTick = time.Second / 60
