package convert

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/render"
)

// A pose is a place in metres and a unit quaternion.
type pose struct {
	place mgl64.Vec3
	turn  mgl64.Quat
}

// A body is a cube or a ball.
type body struct {
	pose
	size  mgl64.Vec3
	color [4]float64 // sRGB and alpha, as Foxglove has colours
	ball  bool
}

// A line is as wide as width says, in metres, or as pixels says where width is 0.
type line struct {
	a, b           mgl64.Vec3
	width, pixels  float64
	colorA, colorB [4]float64
}

// A point has a place and a colour in sRGB.
type point struct {
	place mgl32.Vec3
	color [4]byte
}

// plain is the colour of bodies that have none.
var plain = srgb(render.RGB(0xf4b942))

// dress gives the body of slot i what the metadata say.
func (b *body) dress(i int, says *framing.Bodies, colored bool) {
	if n := len(says.Colors); n > 0 && !colored {
		b.color = srgb(says.Colors[i%n])
	}
	if says.Unit != 0 {
		b.place, b.size = b.place.Mul(says.Unit), b.size.Mul(says.Unit)
	}
	mesh := says.Mesh
	if n := len(says.Shape); n > 0 {
		mesh = says.Shapes[says.Shape[i%n]]
	}
	b.ball = mesh == "sphere"
}

// ofMatrix, ofInstance and so on return the thing that a slot shows, and whether it shows one.

func ofMatrix(m *mgl32.Mat4) (b body, ok bool) {
	b.color = plain
	var axes [3]mgl64.Vec3
	for c := range axes {
		for r := range 3 {
			axes[c][r] = float64(m.At(r, c))
			b.place[c] = float64(m.At(c, 3))
		}
		b.size[c] = axes[c].Len()
	}
	if !finite(b.place[:]...) || !finite(b.size[:]...) {
		return b, false
	}
	b.turn, ok = turnOf(axes)
	return b, ok
}

// turnOf returns the turn of a body with these axes. Of axes that are not at right angles it takes x as it is, and y in
// its plane with x. A mirrored cube looks like one that is not. A body without extent along two axes is not to be seen.
func turnOf(axes [3]mgl64.Vec3) (mgl64.Quat, bool) {
	for i := range axes {
		if l := axes[i].Len(); l > 0 {
			axes[i] = axes[i].Mul(1 / l)
		}
	}
	x, y := axes[0], axes[1]
	switch z := axes[2]; {
	case x.Len() == 0:
		x = y.Cross(z)
	case y.Len() == 0:
		y = z.Cross(x)
	}
	z := x.Cross(y)
	if x.Len() == 0 || z.Len() == 0 {
		return mgl64.Quat{}, false
	}
	x, z = x.Normalize(), z.Normalize()
	y = z.Cross(x)
	q := mgl64.Mat4ToQuat(mgl64.Mat3FromCols(x, y, z).Mat4())
	return q.Normalize(), true
}

func ofInstance(i *render.Instance) (body, bool) {
	b, ok := ofMatrix(&i.Model)
	b.color = srgb(i.Color)
	return b, ok
}

// ofMotion returns where a motion goes to: the pose that the simulation had when it committed the tick.
func ofMotion(m *render.Motion) (body, bool) {
	b := body{color: plain, size: mgl64.Vec3{float64(m.Scale), float64(m.Scale), float64(m.Scale)}}
	for i := range 3 {
		b.place[i], b.turn.V[i] = float64(m.To[i]), float64(m.ToTurn.V[i])
	}
	b.turn.W = float64(m.ToTurn.W)
	if b.turn.Len() == 0 {
		b.turn = mgl64.QuatIdent()
	}
	b.turn = b.turn.Normalize()
	return b, m.Scale > 0 && finite(b.place[:]...) && finite(b.size[0], b.turn.W, b.turn.V[0], b.turn.V[1], b.turn.V[2])
}

func ofMotionInstance(m *render.MotionInstance) (body, bool) {
	b, ok := ofMotion(&m.Motion)
	b.color = srgb(m.Color)
	return b, ok
}

func ofLine(l *render.Line) (line, bool) {
	to := line{width: float64(max(l.Width, 0)), pixels: float64(max(l.Pixels, 0)), colorA: srgb(wide(l.ColorA)), colorB: srgb(wide(l.ColorB))}
	for i := range 3 {
		to.a[i], to.b[i] = float64(l.A[i]), float64(l.B[i])
	}
	if to.width > 0 {
		to.pixels = 0
	}
	return to, to.a != to.b && to.width+to.pixels > 0 && finite(to.a[:]...) && finite(to.b[:]...) && finite(to.width, to.pixels)
}

func ofPoint(p *render.Point) (point, bool) {
	to := point{place: p.Center}
	for i, c := range srgb(wide(p.Color)) {
		to.color[i] = byte(math.Round(c * 255))
	}
	return to, (p.Radius > 0 || p.Pixels > 0) && finite(float64(p.Center[0]), float64(p.Center[1]), float64(p.Center[2]))
}

// wide returns the linear colour of 8 bits a channel.
func wide(c render.RGBA8) (w render.Color) {
	if c == (render.RGBA8{}) {
		return render.Color{1, 1, 1, 1}
	}
	for i := range w {
		w[i] = float32(c[i]) / 255
	}
	return w
}

// srgb returns a linear colour in sRGB, with channels from 0 to 1.
func srgb(c render.Color) (s [4]float64) {
	for i, v := range c {
		x := float64(v)
		switch {
		case !(x > 0):
			x = 0
		case x > 1:
			x = 1
		}
		if i < 3 && x <= 0.0031308 {
			x *= 12.92
		} else if i < 3 {
			x = 1.055*math.Pow(x, 1/2.4) - 0.055
		}
		s[i] = x
	}
	return s
}

func finite(numbers ...float64) bool {
	for _, x := range numbers {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
