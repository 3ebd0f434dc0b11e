//go:build cgo || js

package render

import (
	"fmt"
	"math"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"
)

// A Camera looks at Target from Distance away. Coordinates are right-handed, y up, in metres; angles are in radians.
// With Yaw and Pitch 0 it looks along -z. A positive Yaw moves the eye to the right, a positive Pitch moves it up.
// The zero Camera looks at the origin from 10 m in front of it.
//
// A picture depends on the eye, the direction of view, FovY and Near, not on where Target is. So a program that flies
// may keep Target a metre before the eye; it then sets Near, which otherwise follows Distance.
//
// A Camera is a set of numbers. Change its fields between frames; a frame reads them before it returns. It is for one
// goroutine at a time.
//
// A float32 has steps of 8 mm at 100 km. In a larger world, set Origin to a place near what the camera looks at:
// Target, and the arguments and results of the methods, count from Origin. BatchConfig.Origin is the same for slots.
type Camera struct {
	Origin     mgl64.Vec3 // metres, in the world
	Target     mgl32.Vec3 // from Origin
	Distance   float32    // 10 if 0
	Yaw, Pitch float32
	FovY       float32 // vertical field of view, below π; 0.8 if 0

	// Near is the distance of the near plane: a hundredth of Distance if 0, and never more than half of Distance, so
	// that a camera that comes close still sees its target. There is no far plane.
	Near float32
}

// whole returns the camera with defaults in place of zeros.
func (c *Camera) whole() Camera {
	w := *c
	if !(w.Distance > 0) {
		w.Distance = 10
	}
	if !(w.FovY > 0 && w.FovY < math.Pi) {
		w.FovY = 0.8
	}
	if !(w.Near > 0) {
		w.Near = w.Distance / 100
	}
	if half := w.Distance / 2; w.Near > half && finite(w.Near) { // check tells of other ones
		w.Near = half
	}
	return w
}

// check returns an error unless all numbers are finite.
func (c *Camera) check() error {
	w := c.whole()
	if finite(w.Target[:]...) && finite(w.Distance, w.Yaw, w.Pitch, w.Near) && finiteOrigin(w.Origin) {
		return nil
	}
	return fmt.Errorf("render: a number of the camera is not finite: %+v", w)
}

// finite reports whether no number is infinite or NaN.
func finite(numbers ...float32) bool {
	for _, n := range numbers {
		if !(n-n == 0) {
			return false
		}
	}
	return true
}

const maxPitch = math.Pi/2 - 0.01 // straight up and down, no direction would be right

// NewCamera returns a camera that looks at target from distance away, from the right and from above.
func NewCamera(target mgl32.Vec3, distance float32) Camera {
	return Camera{Target: target, Distance: distance, Yaw: 0.6, Pitch: 0.45, FovY: 0.8}
}

// Orbit turns the camera around its target: yaw to the right, pitch up, in radians.
func (c *Camera) Orbit(yaw, pitch float32) {
	c.Yaw = float32(math.Mod(float64(c.Yaw+yaw), 2*math.Pi))
	c.Pitch = min(max(c.Pitch+pitch, -maxPitch), maxPitch)
}

// Pan moves eye and target together: x to the right, y up. Both are fractions of the view's height at the target, so
// that a mouse can drag the target.
func (c *Camera) Pan(x, y float32) {
	w := c.whole()
	height := 2 * w.Distance * tan(w.FovY/2)
	right, up, _ := c.axes()
	c.Target = c.Target.Add(right.Mul(x * height)).Add(up.Mul(y * height))
}

// nearest is the shortest Distance that Zoom and FitBox set, in metres.
const nearest = 1e-18

// Zoom multiplies the distance by factor. A factor below 1 brings the camera closer. NaN does nothing.
func (c *Camera) Zoom(factor float32) {
	if factor != factor {
		return
	}
	c.Distance = min(max(c.whole().Distance*factor, nearest), 1e18)
}

// FitBox keeps the direction of view, and moves the camera so that the box from lo to hi just fits a picture of this
// aspect, which is width over height. margin is the fraction of the picture to leave free around the box, for example
// 0.05. If the near plane would cut the box, FitBox moves Near in front of the box. If the picture or the box is empty,
// or not finite, FitBox does nothing.
func (c *Camera) FitBox(lo, hi mgl32.Vec3, aspect, margin float32) {
	if lo[0] <= hi[0] && lo[1] <= hi[1] && lo[2] <= hi[2] {
		corners := boxCorners(lo, hi)
		c.FitPoints(corners[:], aspect, margin)
	}
}

// FitPoints is FitBox for points, such as the corners of several boxes: it moves the camera so that all points just fit
// the picture. Several boxes often need less room than the box around them.
func (c *Camera) FitPoints(points []mgl32.Vec3, aspect, margin float32) {
	right, up, back := c.axes()
	slopeY := tan(c.whole().FovY/2) * (1 - margin)
	slopeX := slopeY * aspect
	if !(slopeX > 0 && slopeY > 0) || len(points) == 0 {
		return
	}
	// A point (x, y, z) in camera axes is inside while |x-ex| <= slopeX (ez-z)
	// and |y-ey| <= slopeY (ez-z), for an eye at (ex, ey, ez).
	low := float32(math.Inf(-1))
	x, y, front := [2]float32{low, low}, [2]float32{low, low}, low
	lo, hi := points[0], points[0]
	for _, p := range points {
		cx, cy, cz := p.Dot(right), p.Dot(up), p.Dot(back)
		x[0], x[1] = max(x[0], cx+slopeX*cz), max(x[1], -cx+slopeX*cz)
		y[0], y[1] = max(y[0], cy+slopeY*cz), max(y[1], -cy+slopeY*cz)
		front = max(front, cz)
		for k := range 3 {
			lo[k], hi[k] = min(lo[k], p[k]), max(hi[k], p[k])
		}
	}
	ex, ey := (x[0]-x[1])/2, (y[0]-y[1])/2
	ez := max((x[0]+x[1])/(2*slopeX), (y[0]+y[1])/(2*slopeY))
	depth := lo.Add(hi).Mul(0.5).Dot(back)
	target, distance := right.Mul(ex).Add(up.Mul(ey)).Add(back.Mul(depth)), max(ez-depth, nearest)
	if finite(target[:]...) && finite(distance) {
		c.Target, c.Distance = target, distance
		if away := ez - front; c.whole().Near > away {
			c.Near = away / 2
		}
	}
}

// boxCorners returns the corners of a box.
func boxCorners(lo, hi mgl32.Vec3) (all [8]mgl32.Vec3) {
	for i := range all {
		all[i] = lo
		for axis := range 3 {
			if i>>axis&1 != 0 {
				all[i][axis] = hi[axis]
			}
		}
	}
	return all
}

// eye returns the place of the camera, from Origin.
func (c *Camera) eye() mgl32.Vec3 {
	_, _, back := c.axes()
	return c.Target.Add(back.Mul(c.whole().Distance))
}

// fromOrigin is eye in float64, so that nothing is rounded before the eye is subtracted.
func (c *Camera) fromOrigin() mgl64.Vec3 {
	_, _, back := c.axes()
	return wide(c.Target).Add(wide(back.Mul(c.whole().Distance)))
}

// Ray returns the line of sight through a point of a picture of this aspect, width over height: the eye, and a
// direction of length 1. x and y are the point, from -1 to 1, right and up.
func (c *Camera) Ray(x, y, aspect float32) (eye, direction mgl32.Vec3) {
	right, up, back := c.axes()
	slope := tan(c.whole().FovY / 2)
	direction = right.Mul(x * slope * aspect).Add(up.Mul(y * slope)).Sub(back)
	return c.eye(), direction.Normalize()
}

// View returns the matrix that turns world coordinates, which count from Origin, into the camera's: x right, y up, -z
// ahead.
func (c *Camera) View() mgl32.Mat4 {
	return c.turn().Mul4(translation(c.eye().Mul(-1)))
}

// turn is View for coordinates that count from the eye.
func (c *Camera) turn() mgl32.Mat4 {
	right, up, back := c.axes()
	return mgl32.Mat4{
		right[0], up[0], back[0], 0,
		right[1], up[1], back[1], 0,
		right[2], up[2], back[2], 0,
		0, 0, 0, 1,
	}
}

// Projection returns the matrix that turns camera coordinates into clip coordinates. aspect is width over height of the
// picture. Depth is reversed: 1 at the near plane, 0 infinitely far away, so that a float is precise at any distance
// (Reed, "Depth Precision Visualized", 2015). mathgl's Perspective is for OpenGL, with depth -1 to 1.
func (c *Camera) Projection(aspect float32) mgl32.Mat4 {
	w := c.whole()
	f := 1 / tan(w.FovY/2)
	return mgl32.Mat4{
		f / aspect, 0, 0, 0,
		0, f, 0, 0,
		0, 0, 0, -1,
		0, 0, w.Near, 0,
	}
}

// axes returns the camera's right, up and back in the world.
func (c *Camera) axes() (right, up, back mgl32.Vec3) {
	sy, cy := sincos(c.Yaw)
	sp, cp := sincos(min(max(c.Pitch, -maxPitch), maxPitch))
	return mgl32.Vec3{cy, 0, -sy}, mgl32.Vec3{-sy * sp, cp, -cy * sp}, mgl32.Vec3{sy * cp, sp, cy * cp}
}

func wide(v mgl32.Vec3) mgl64.Vec3 { return mgl64.Vec3{float64(v[0]), float64(v[1]), float64(v[2])} }

func narrow(v mgl64.Vec3) mgl32.Vec3 { return mgl32.Vec3{float32(v[0]), float32(v[1]), float32(v[2])} }

func translation(v mgl32.Vec3) mgl32.Mat4 { return mgl32.Translate3D(v[0], v[1], v[2]) }

func absf(v float32) float32 { return max(v, -v) }

func tan(a float32) float32 { return float32(math.Tan(float64(a))) }

func sincos(a float32) (float32, float32) {
	s, c := math.Sincos(float64(a))
	return float32(s), float32(c)
}
