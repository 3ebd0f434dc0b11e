package demo

import (
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/framing"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

// A source fills the arenas of its layers with slots to draw: it is a simulation, a recording, or other processes. The
// render goroutine calls its methods.
type source interface {
	layers() []layer          // the same in every call
	framing() framing.Framing // the same in every call

	// described returns nil as long as framing describes the first layer. After an error, a recording or a publication
	// that began with that framing cannot go on.
	described() error

	step() error   // advances by one tick, in lockstep with the frames
	run()          // switches from step to real time
	pause(on bool) // call it after run only

	// update prepares what the next Descend shows. It returns the present time on the clock of the motions' starts.
	update() (time.Duration, error)

	// tanks returns the boxes that hold the cubes, and whether they changed since the last call; if not, boxes may be
	// nil. Call it after the layers' Descend.
	tanks() (boxes []physics.Tank, changed bool)

	moving() bool              // whether the next frame may differ from the last one
	summary(sep string) string // the number of cubes and so on, with sep between two parts

	controls
	release()
}

// controls are the part of a source that a user at a window sees and uses. A method that returns a bool reports whether
// the source used the input.
type controls interface {
	keys() []overlay.Row       // the source's keys, for the help panel
	rows(h *hud) []overlay.Row // for the panel of the state
	key(h *hud, k window.Key, sight ray) bool
	char(r rune) (do func()) // the action of a typed character, or nil
	click(sight ray)
	drew(now time.Time) // tells the source that a frame was shown
}

// ray is the line of sight through a pixel.
type ray struct{ eye, direction mgl32.Vec3 }

// passive are the controls of a source that has none of them.
type passive struct{}

func (passive) char(rune) (do func()) { return nil }
func (passive) click(ray)             {}
func (passive) drew(time.Time)        {}
