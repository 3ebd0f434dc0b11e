package demo

import (
	"expvar"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// Config says what to draw.
type Config struct {
	Cubes, Workers int
	MaxCubes       int     // the most that the key + makes
	Tick           float64 // Hz
	Seed           uint64
	Fountain       bool
	spread         bool // spread the workers over the processors; newScene sets it where the CPU draws

	Replay *Recording    // play it instead of running a simulation; nil: none
	From   time.Duration // where the replay begins
	Speed  float64       // 1: as fast as it was recorded

	NATS    *nats.Conn // for Publish and Follow
	Publish string     // a name to publish under; empty: none
	Follow  []string   // names to follow instead of running a simulation

	Shared  bool   // let processes of this machine write cubes into shared memory, too
	Address string // where they connect; empty: shared.Listen's default

	Counters *expvar.Map // gets the counters of Publish, under its name; nil: they are not served

	Record string // a file to record to, or - for Stdout; empty: none
	Stdout io.Writer
	Say    func(string) // prints a line for the user
	Warn   func(error)  // prints an error after which the program goes on

	Frames     int // how many to draw; 0: until the window is closed
	Screenshot string
	MSAA       int
	Look       render.Look
	LookGiven  bool // otherwise a window that the CPU draws has the cheap look
	Upload     upload.Strategy
}
