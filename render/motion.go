//go:build cgo || js

package render

import (
	"math"
	"time"

	"github.com/go-gl/mathgl/mgl32"
)

// A Motion is a slot that moves by itself between two ticks of a simulation: from From to To, in BatchConfig.Tick, from
// Start on. Store it once a tick; the GPU blends it in every frame, at the time that the batch's clock shows
// (Renderer.Now; see Batch.SetClock). Before Start it is at From, after the tick it is at To.
//
//	now := time.Since(began) // and before each frame: renderer.Now = time.Since(began)
//	m := render.Motion{From: p, FromTurn: q, Start: render.MotionClock(now), To: nextP, ToTurn: nextQ, Scale: 1}
//
// Turns are quaternions of any length; a zero quaternion stands for no turn. From FromTurn to ToTurn the body takes the
// shorter way. It differs from a turn of constant speed by at most 7e-5 rad, for up to 1.5 rad a tick. A Motion has 64
// bytes, laid out as Motion of shaders/motion.wgsl; your own records may contain one (see BatchConfig.Record). The zero
// Motion draws nothing.
//
// The clock wraps after 71 minutes. A Motion that is not stored again would then move again: when a body comes to rest,
// store it a last time as Still. If no slot of the arena changes any more, a batch stops its clock (Batch.SetClock),
// and every motion stays where it went to.
type Motion struct {
	From     mgl32.Vec3 // metres
	Start    uint32     // microseconds of the batch's clock, as MotionClock gives them
	FromTurn mgl32.Quat
	To       mgl32.Vec3
	Scale    float32 // size of the mesh
	ToTurn   mgl32.Quat
}

// MotionInstance is a Motion with a colour of its own, 80 bytes. The zero MotionInstance draws nothing.
type MotionInstance struct {
	Motion Motion
	Color  Color
}

// MotionClock returns t as Motion.Start counts it: in microseconds, which wrap after 71 minutes.
func MotionClock(t time.Duration) uint32 { return uint32(t.Microseconds()) }

// Still returns the motion of a body at rest.
func Still(place mgl32.Vec3, turn mgl32.Quat, scale float32) Motion {
	return Motion{From: place, FromTurn: turn, To: place, ToTurn: turn, Scale: scale}
}

// motionAhead is motion_ahead of motion.wgsl.
const motionAhead = 0xf0000000

// At returns the matrix of the motion at the time now on its clock, for a tick of that length. It takes the same
// steps as the GPU. Any goroutine may call it.
//
// At cannot tell a motion that began 67 to 71 minutes ago from one that begins in up to four minutes, because Start
// wraps. If nothing stores the motion any more, stop the clock that you pass, as a Batch does.
func (m *Motion) At(now, tick time.Duration) mgl32.Mat4 {
	since := MotionClock(now) - m.Start
	t := float32(0)
	if since < motionAhead {
		t = min(float32(since)/float32(max(MotionClock(tick), 1)), 1)
	}
	from, to := unitTurn(m.FromTurn), unitTurn(m.ToTurn)
	c := from.Dot(to)
	d, h := max(c, -c), t-0.5
	if c < 0 {
		to = to.Scale(-1)
	}
	k := (1.0904+d*(-3.2452+d*(3.55645-d*1.43519)))*h*h + (0.848013 + d*(-1.06021+d*0.215638))
	u := t + t*h*(t-1)*k
	q := from.Scale(1 - u).Add(to.Scale(u))
	v := q.V.Mul(2 / max(q.Dot(q), 1e-37))
	w := v.Mul(q.W)
	xx, yy, zz := q.V[0]*v[0], q.V[1]*v[1], q.V[2]*v[2]
	xy, xz, yz := q.V[0]*v[1], q.V[0]*v[2], q.V[1]*v[2]
	p, s := m.From.Mul(1-t).Add(m.To.Mul(t)), m.Scale
	return mgl32.Mat4{
		(1 - yy - zz) * s, (xy + w[2]) * s, (xz - w[1]) * s, 0,
		(xy - w[2]) * s, (1 - xx - zz) * s, (yz + w[0]) * s, 0,
		(xz + w[1]) * s, (yz - w[0]) * s, (1 - xx - yy) * s, 0,
		p[0], p[1], p[2], 1,
	}
}

// unitTurn is unit_turn of motion.wgsl.
func unitTurn(q mgl32.Quat) mgl32.Quat {
	u := q.Scale(1 / max(absf(q.W), absf(q.V[0]), absf(q.V[1]), absf(q.V[2])))
	square := u.Dot(u)
	if !(square >= 0.5) {
		return mgl32.QuatIdent()
	}
	return u.Scale(float32(1 / math.Sqrt(float64(square))))
}
