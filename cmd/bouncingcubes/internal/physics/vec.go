package physics

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// A vec3 is a struct, and not an array like mgl32.Vec3: the compiler keeps small structs in registers and arrays in
// memory. That makes the solver about three times faster.
type vec3 struct{ x, y, z float32 }

func (a vec3) add(b vec3) vec3               { return vec3{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec3) sub(b vec3) vec3               { return vec3{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec3) mul(s float32) vec3            { return vec3{a.x * s, a.y * s, a.z * s} }
func (a vec3) dot(b vec3) float32            { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec3) len2() float32                 { return a.x*a.x + a.y*a.y + a.z*a.z }
func (a vec3) len() float32                  { return sqrt(a.len2()) }
func (a vec3) addMul(b vec3, s float32) vec3 { return vec3{a.x + b.x*s, a.y + b.y*s, a.z + b.z*s} }

func (a vec3) cross(b vec3) vec3 {
	return vec3{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}

// clamp shortens a to at most limit.
func (a vec3) clamp(limit float32) vec3 {
	if l2 := a.len2(); l2 > limit*limit {
		return a.mul(limit / sqrt(l2))
	}
	return a
}

func fromMgl(v mgl32.Vec3) vec3 { return vec3{v[0], v[1], v[2]} }
func (a vec3) mgl() mgl32.Vec3  { return mgl32.Vec3{a.x, a.y, a.z} }
func sqrt(x float32) float32    { return float32(math.Sqrt(float64(x))) }
func abs(x float32) float32     { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// A quat is a unit quaternion, w + xi + yj + zk.
type quat struct{ w, x, y, z float32 }

func (p quat) mul(q quat) quat {
	return quat{
		p.w*q.w - p.x*q.x - p.y*q.y - p.z*q.z,
		p.w*q.x + p.x*q.w + p.y*q.z - p.z*q.y,
		p.w*q.y - p.x*q.z + p.y*q.w + p.z*q.x,
		p.w*q.z + p.x*q.y - p.y*q.x + p.z*q.w,
	}
}

func (q quat) unit() quat {
	s := 1 / sqrt(q.w*q.w+q.x*q.x+q.y*q.y+q.z*q.z)
	return quat{q.w * s, q.x * s, q.y * s, q.z * s}
}

// turned returns q turned by the rotation vector r (axis times angle, world axes, radians).
func (q quat) turned(r vec3) quat {
	a2 := r.len2()
	// The series of sin(angle/2)/angle and cos(angle/2). They are as precise as float32 up to half a radian, which is more
	// than a step can turn, and twenty times cheaper than math.Sincos.
	s := 0.5 - a2*(1.0/48-a2*(1.0/3840))
	c := 1 - a2*(1.0/8-a2*(1.0/384))
	return quat{c, r.x * s, r.y * s, r.z * s}.mul(q).unit()
}

func (q quat) mgl() mgl32.Quat { return mgl32.Quat{W: q.w, V: mgl32.Vec3{q.x, q.y, q.z}} }

// axes has the three axes of a cube in world coordinates: the columns of its rotation matrix.
type axes struct{ x, y, z vec3 }

func (q quat) axes() axes {
	x2, y2, z2 := q.x+q.x, q.y+q.y, q.z+q.z
	xx, yy, zz := q.x*x2, q.y*y2, q.z*z2
	xy, xz, yz := q.x*y2, q.x*z2, q.y*z2
	wx, wy, wz := q.w*x2, q.w*y2, q.w*z2
	return axes{
		vec3{1 - yy - zz, xy + wz, xz - wy},
		vec3{xy - wz, 1 - xx - zz, yz + wx},
		vec3{xz + wy, yz - wx, 1 - xx - yy},
	}
}

// matrix sets m to the model matrix for a mesh of the cube [-0.5, 0.5]³ at p, turned by q, and scaled by Edge.
func matrix(p vec3, q quat, m *mgl32.Mat4) {
	a := q.axes()
	*m = mgl32.Mat4{
		a.x.x * Edge, a.x.y * Edge, a.x.z * Edge, 0,
		a.y.x * Edge, a.y.y * Edge, a.y.z * Edge, 0,
		a.z.x * Edge, a.z.y * Edge, a.z.z * Edge, 0,
		p.x, p.y, p.z, 1,
	}
}

// An rng is SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). It has one word of
// state, so every tank has its own, and the numbers do not depend on the order of the work.
type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// signed returns a number from [-1, 1), uniformly distributed.
func (r *rng) signed() float32 { return float32(int64(r.next())>>40) * (1.0 / (1 << 23)) }

// inBall returns a point in the unit ball, uniformly distributed.
func (r *rng) inBall() vec3 {
	for {
		if v := (vec3{r.signed(), r.signed(), r.signed()}); v.len2() <= 1 {
			return v
		}
	}
}

// rotation returns a rotation, uniformly distributed, by rejection from the four-dimensional ball.
func (r *rng) rotation() quat {
	for {
		q := quat{r.signed(), r.signed(), r.signed(), r.signed()}
		if n := q.w*q.w + q.x*q.x + q.y*q.y + q.z*q.z; n > 0.01 && n <= 1 {
			return q.unit()
		}
	}
}
