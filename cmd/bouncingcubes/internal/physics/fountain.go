package physics

import "math"

// A fountain throws so many cubes a second that each cube of a full tank lives for fountainLife. If a cube is due and
// all are in use, the oldest cube disappears.
const (
	fountainLife = 8.0 // seconds
	spouts       = 8   // in a ring, in turn, so that a cube has left before its spout throws the next one
)

// tickOne does one tick of t.
func (w *World[T]) tickOne(t *tank[T]) {
	dt := 1 / w.cfg.Tick
	if w.cfg.Fountain {
		for t.due += dt * float64(len(t.shown)) / fountainLife; t.due >= 1; t.due-- {
			w.emit(t)
		}
	}
	t.sim.tick(dt)
}

// emit throws one cube.
func (w *World[T]) emit(t *tank[T]) {
	i := t.nozzle
	t.sim.remove(i)
	t.nozzle = (i + 1) % len(t.shown)
	angle := 2 * math.Pi * float64(i%spouts) / spouts
	out := vec3{float32(math.Cos(angle)), 0, float32(math.Sin(angle))}
	t.sim.place(i, pose{out.mul(1.2).add(vec3{0, 4, 0}), t.random.rotation()},
		out.mul(1.5).add(vec3{0, 9, 0}).add(t.random.inBall().mul(0.8)), t.random.inBall().mul(6))
}
