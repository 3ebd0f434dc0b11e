package demo

import (
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

// A source is where the slots that a scene draws come from: the simulation, a recording, other processes. It fills the
// arenas of its layers. The render goroutine calls its methods.
type source interface {
	layers() []layer          // always the same
	framing() framing.Framing // always the same

	step() error   // lockstep: on by a tick
	run()          // by real time from here on, without step
	pause(on bool) // after run

	// update makes ready what is to be seen now, for the layer's Descend, and says when that is, on the clock that
	// motions start on.
	update() (time.Duration, error)

	// tanks are the boxes that the cubes are in, and whether they are others than at the last call; of a recording,
	// those in the layer's mirror.
	tanks() (boxes []physics.Tank, changed bool)

	moving() bool   // whether a frame may differ from the one before
	seen() string   // what a picture shows, in words
	status() string // for the title

	controls
	release()
}

// controls are what a source offers to somebody at a window. Those that return a bool say whether that meant something.
type controls interface {
	keys() []overlay.Row       // what keys do
	rows(h *hud) []overlay.Row // what the state's panel says
	key(h *hud, k window.Key, sight ray) bool
	char(r rune) (do func()) // what typing it does, nil: nothing
	click(sight ray)
	drew(now time.Time) // a frame, which was shown
}

// ray is the line of sight through the mouse.
type ray struct{ eye, direction mgl32.Vec3 }
