package demo

import (
	"sync/atomic"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/physics"
	"github.com/slotstream/slotstream/render"
)

// A colorMode says what the colour of a cube shows.
type colorMode int32

const (
	colorCube   colorMode = iota // the cube: each has a colour of its own from a small palette
	colorWorker                  // the goroutine that steps the tank
	colorAwake                   // warm: awake; cool: asleep
	colorMoved                   // bright in the ticks in which the cube moves
	colorModes
)

func (m colorMode) String() string {
	return [...]string{"per cube", "per worker", "awake or asleep", "moved this tick"}[m]
}

// paint turns poses into slots. The workers call write concurrently; the render goroutine changes the mode.
type paint struct{ mode atomic.Int32 }

func (p *paint) current() colorMode { return colorMode(p.mode.Load()) }

// cycle switches to the next mode. Then call World.Repaint.
func (p *paint) cycle() { p.mode.Store(int32((p.current() + 1) % colorModes)) }

// write is the write function of the world.
func (p *paint) write(dst *render.MotionInstance, c *physics.Cube) {
	dst.Motion = render.Motion{
		From: place(c.From), FromTurn: turn(c.FromTurn), To: place(c.To), ToTurn: turn(c.ToTurn),
		Scale: physics.Edge, Start: render.MotionClock(c.Start),
	}
	dst.Color = p.current().color(c)
}

// The lowest bits of a float are noise: they are invisible, and a recording cannot compress them. So places are rounded
// to a grid of 2^-16 m, and turns to a grid of 2^-18. To round, add and subtract a number that is so large that a
// float64 has no bits for anything finer.
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

// palette has colours that go well together on light and on dark ground.
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

// color returns the colour of a cube.
func (m colorMode) color(c *physics.Cube) render.Color {
	switch m {
	case colorWorker:
		return palette[5*c.Worker%len(palette)] // neighbours get different colours
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
