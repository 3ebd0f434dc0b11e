package demo

import (
	"sync/atomic"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
)

// colorMode says what a cube's colour shows.
type colorMode int32

const (
	colorCube   colorMode = iota // each cube its own, from a small palette
	colorWorker                  // the goroutine that steps its tank
	colorAwake                   // warm while awake, cool asleep
	colorMoved                   // bright in the ticks in which it moves
	colorModes
)

func (m colorMode) String() string {
	return [...]string{"per cube", "per worker", "awake or asleep", "moved this tick"}[m]
}

// paint turns poses into instances. The workers call write at the same time; the render goroutine changes the mode.
type paint struct{ mode atomic.Int32 }

func (p *paint) current() colorMode { return colorMode(p.mode.Load()) }

// cycle goes to the next mode. The caller has the world write every cube again.
func (p *paint) cycle() { p.mode.Store(int32((p.current() + 1) % colorModes)) }

// write is the world's write function.
func (p *paint) write(dst *render.MotionInstance, c *physics.Cube) {
	dst.Motion = render.Motion{
		From: place(c.From), FromTurn: turn(c.FromTurn), To: place(c.To), ToTurn: turn(c.ToTurn),
		Scale: physics.Edge, Start: render.MotionClock(c.Start),
	}
	dst.Color = p.current().color(c)
}

// The lowest bits of a float are noise, which nobody sees and no recording can pack. So places are shown on a grid of
// 2^-16 m, and turns on one of 2^-18: behind these numbers a float64 has no bits for what is finer.
const (
	placeGrid = 3 << (51 - 16)
	turnGrid  = 3 << (51 - 18)
)

func onGrid(v float32, grid float64) float32 { return float32(float64(v) + grid - grid) }

func place(v mgl32.Vec3) mgl32.Vec3 {
	return mgl32.Vec3{onGrid(v[0], placeGrid), onGrid(v[1], placeGrid), onGrid(v[2], placeGrid)}
}

func turn(q mgl32.Quat) mgl32.Quat {
	return mgl32.Quat{W: onGrid(q.W, turnGrid), V: mgl32.Vec3{onGrid(q.V[0], turnGrid), onGrid(q.V[1], turnGrid), onGrid(q.V[2], turnGrid)}}
}

// palette holds colours that sit well together on a light ground and on a dark one.
var palette = [...]render.Color{
	render.RGB(0xE4572E), render.RGB(0xF3A712), render.RGB(0xF0E2C4), render.RGB(0x3F57A0),
	render.RGB(0x669BBC), render.RGB(0x2A9D8F), render.RGB(0xA8C686), render.RGB(0xC73E5B),
}

var (
	awakeColor  = render.RGB(0xF3722C)
	asleepColor = render.RGB(0x577590)
	movedColor  = render.RGB(0xFFD23F)
	stillColor  = render.RGB(0x3A4454)
)

// color returns the linear RGBA of a cube in a mode.
func (m colorMode) color(c *physics.Cube) render.Color {
	switch m {
	case colorWorker:
		return palette[5*c.Worker%len(palette)] // no two alike beside each other
	case colorAwake:
		if c.Awake {
			return awakeColor
		}
		return asleepColor
	case colorMoved:
		if c.Moved {
			return movedColor
		}
		return stillColor
	default:
		// Fibonacci hashing spreads neighbouring numbers over the palette's 2^3 colours (Knuth, TAOCP 3, 6.4).
		return palette[c.ID*2654435769>>29]
	}
}
