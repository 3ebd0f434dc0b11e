// Package stage shows a source of slots: in a window with an overlay, or in a picture. It also records and publishes
// the slots. The demo's world is a source, and so is everything that slotview shows.
package stage

import (
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
)

// A Source fills the arenas of its layers with slots to draw: it is a simulation, a recording, or other processes. The
// render goroutine calls its methods.
type Source interface {
	// Enter is called once, before the first Layers. The source may keep the scene, for its camera and its renderer.
	Enter(s *Scene)

	// Layers returns the layers that there are. There may be more in a later call, behind the others.
	Layers() []Layer

	// Framing returns how to show the source. It is the same in every call.
	Framing() framing.Framing

	// Described returns nil as long as what a layer's Metadata said is true. After an error, a recording or a
	// publication that began with it cannot go on.
	Described() error

	Step() error   // advances by one tick, in lockstep with the frames
	Run()          // switches from Step to real time
	Pause(on bool) // call it after Run only

	// Update prepares what the next Descend shows. It returns the present time on the clock of the motions' starts.
	Update() (time.Duration, error)

	// Boxes returns the boxes to draw, and whether they changed since the last call; if not, boxes may be nil. Call it
	// after the layers' Descend.
	Boxes() (boxes []aabb.Box, changed bool)

	// Extent returns the corners of the box that the camera is to show. They are equal if it is not known.
	Extent() (lo, hi mgl32.Vec3)

	Moving() bool              // whether the next frame may differ from the last one
	Summary(sep string) string // the number of slots and so on, with sep between two parts

	Controls
	Release()
}

// A Spread source has several boxes that the camera is to show. It may place them by the aspect of the picture, width
// over height.
type Spread interface {
	// Corners returns the corners of the boxes, until the next call; none if they are not known.
	Corners(aspect float32) []mgl32.Vec3
}

// A Live source goes by real time also where there is no window.
type Live interface {
	// Awaited returns nil when the source has something from everything that it shows; until then, the reason why
	// there is nothing yet.
	Awaited() error

	// Goes reports whether the source goes by real time: a recording alone does not.
	Goes() bool
}

// Controls are the part of a source that a user at a window sees and uses. A method that returns a bool reports whether
// the source used the input.
type Controls interface {
	Keys() []overlay.Row       // the source's keys, for the help panel
	Rows(h *HUD) []overlay.Row // for the panel of the state
	Mark(h *HUD)               // draws more on the overlay, such as labels
	Key(h *HUD, k window.Key, at Sight) bool
	Char(r rune) (do func()) // the action of a typed character, or nil
	Click(h *HUD, at Sight)
	Drew(now time.Time) // tells the source that a frame was shown
}

// A Sight is a pixel of the window, and the line of sight through it.
type Sight struct {
	Eye, Direction      mgl32.Vec3
	X, Y, Width, Height int  // of the pixel, and of the window
	Double              bool // it is the second click in a row there
}

// Passive are the controls of a source that has none of them.
type Passive struct{}

func (Passive) Enter(*Scene)          {}
func (Passive) Mark(*HUD)             {}
func (Passive) Char(rune) (do func()) { return nil }
func (Passive) Click(*HUD, Sight)     {}
func (Passive) Drew(time.Time)        {}
