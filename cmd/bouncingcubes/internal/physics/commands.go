package physics

import (
	"fmt"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/aabb"
)

// command calls do for every tank, between two ticks.
func (w *World[T]) command(do func(t *tank[T])) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range *w.tanks.Load() {
		do(t)
	}
}

// Restart puts every cube back to its start. The picture jumps there.
func (w *World[T]) Restart() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range *w.tanks.Load() {
		w.fill(t)
	}
	w.commit()
}

// fill fills t, or empties t if it is a fountain.
func (w *World[T]) fill(t *tank[T]) {
	if w.cfg.Fountain {
		for i := range t.sim.state {
			t.sim.remove(i)
		}
		t.random, t.due, t.nozzle = tankSeed(w.cfg.Seed, t.index), 0, 0
	} else {
		t.fill(w.cfg.Seed)
	}
	t.stage(w.write, w.start, true)
}

// Repaint stores every cube again. Call it when the write function has changed, because of a new colour mode for
// example.
func (w *World[T]) Repaint() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range *w.tanks.Load() {
		t.stage(w.write, w.start, true)
	}
	w.commit()
}

// Explode makes the heap of a tank explode, or all heaps if index is negative.
func (w *World[T]) Explode(index int) {
	w.command(func(t *tank[T]) {
		if index < 0 || index == t.index {
			t.explode()
		}
	})
}

// explode throws the cubes away from a point deep below the middle of the heap. So they fly up, and near cubes fly
// faster.
func (t *tank[T]) explode() {
	const speed, reach, depth = 18, 6, 3 // m/s at that point; metres at which the speed is half of that; metres
	s := t.sim
	for i := range s.now {
		if s.state[i] == absent {
			continue
		}
		d := s.now[i].p.sub(vec3{0, -depth, 0})
		far := d.len()
		v := d.mul(speed / far / (1 + far*far/(reach*reach)))
		s.push(i, s.mot[i].v.add(v).add(t.random.inBall()), s.mot[i].w.add(t.random.inBall().mul(8)))
	}
}

// Push makes the first cube that the ray hits faster by speed metres a second along the ray. The cube also turns, if
// the ray does not go through its centre. Push reports whether there was a cube. dir can have any length.
func (w *World[T]) Push(origin, dir mgl32.Vec3, speed float32) bool {
	from, along := fromMgl(origin), fromMgl(dir)
	if along.len2() == 0 {
		return false
	}
	along = along.mul(1 / along.len())
	var hit *tank[T]
	cube, nearest := 0, float32(0)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range *w.tanks.Load() {
		if i, far, ok := t.sim.cast(from.sub(t.middle), along); ok && (hit == nil || far < nearest) {
			hit, cube, nearest = t, i, far
		}
	}
	if hit == nil {
		return false
	}
	s := hit.sim
	m := s.mot[cube]
	arm := from.addMul(along, nearest).sub(hit.middle).sub(s.now[cube].p)
	l := along.mul(speed)
	s.push(cube, m.v.add(l), m.w.add(arm.cross(l).mul(spin)))
	return true
}

// cast finds the first cube on the ray from o along the unit vector d, and its distance, by slabs (Kay, Kajiya, "Ray
// Tracing Complex Scenes", 1986).
func (s *sim) cast(o, d vec3) (cube int, far float32, ok bool) {
	for i := range s.now {
		if s.state[i] == absent {
			continue
		}
		r, a := o.sub(s.now[i].p), &s.ax[i]
		if enter, leave := slabs(vec3{r.dot(a.x), r.dot(a.y), r.dot(a.z)}, vec3{d.dot(a.x), d.dot(a.y), d.dot(a.z)},
			vec3{half, half, half}); enter <= leave && enter > 0 && (!ok || enter < far) {
			cube, far, ok = i, enter, true
		}
	}
	return cube, far, ok
}

// slabs returns where the line from o along d enters and leaves the box around the origin with the half sides h. The
// line misses the box if it leaves before it enters.
func slabs(o, d, h vec3) (enter, leave float32) {
	enter, leave = -1e30, 1e30
	for _, k := range [3][3]float32{{o.x, d.x, h.x}, {o.y, d.y, h.y}, {o.z, d.z, h.z}} {
		inv := 1 / k[1] // infinite for a parallel ray, for which the comparisons below are right
		a, b := (-k[2]-k[0])*inv, (k[2]-k[0])*inv
		enter, leave = max(enter, min(a, b)), min(leave, max(a, b))
	}
	return enter, leave
}

// Pick returns the index of the first tank that the ray enters.
func (w *World[T]) Pick(origin, dir mgl32.Vec3) (index int, ok bool) {
	nearest := float32(0)
	for i, t := range w.Tanks() {
		enter, leave := slabs(fromMgl(origin.Sub(t.Center)), fromMgl(dir), fromMgl(t.Half))
		if enter <= leave && leave > 0 && (!ok || enter < nearest) {
			index, nearest, ok = i, enter, true
		}
	}
	return index, ok
}

// SetCubes adds cubes, or removes the latest ones, until there are n, and it adds or removes tanks with them. New cubes
// start like those of New. If the arena is full, SetCubes returns arena.ErrFull and leaves as many cubes as fit.
func (w *World[T]) SetCubes(n int) error {
	if n <= 0 {
		return fmt.Errorf("physics: %d cubes: want 1 or more", n)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var tanks, gone []*tank[T]
	for i, t := range *w.tanks.Load() {
		if size(n, i) > 0 {
			tanks = append(tanks, t)
		} else {
			w.free(t)
		}
	}
	var err error
	for i := 0; i < tanksFor(n) && err == nil && (len(tanks) == 0 || !w.enough()); i++ {
		if i < len(tanks) && len(tanks[i].shown) == size(n, i) {
			continue
		}
		var t *tank[T]
		if t, err = w.newTank(i, size(n, i)); err != nil {
			err = fmt.Errorf("physics: making tank %d of %d: %w", i+1, tanksFor(n), err)
		} else if i < len(tanks) {
			w.inherit(t, tanks[i])
			gone = append(gone, tanks[i])
			tanks[i] = t
		} else {
			tanks = append(tanks, t)
		}
	}
	w.tanks.Store(&tanks)
	w.commit()
	for _, t := range gone { // after the commit that shows the tanks in their places
		w.free(t)
	}
	return err
}

func (w *World[T]) enough() bool {
	select {
	case <-w.cfg.Enough:
		return true
	default:
		return false
	}
}

// newTank makes tank i with n cubes, and stages all of them.
func (w *World[T]) newTank(i, n int) (*tank[T], error) {
	t := &tank[T]{
		index: i, worker: i % w.cfg.Workers, middle: layout(i),
		sim: newSim(n), shown: make([]T, n),
	}
	var hidden T
	var err error
	if t.span, err = w.group.AllocSpan(n, hidden); err != nil {
		return nil, err
	}
	w.fill(t)
	return t, nil
}

// inherit moves the cubes of old into t, which takes the place of old. The cubes wake.
func (w *World[T]) inherit(t, old *tank[T]) {
	if w.cfg.Fountain {
		return
	}
	for i := range min(len(t.shown), len(old.shown)) {
		m := old.sim.mot[i]
		t.sim.place(i, old.sim.now[i], m.v, m.w)
	}
	t.stage(w.write, w.start, true)
}

// free frees the slots of a tank.
func (w *World[T]) free(t *tank[T]) {
	if err := t.span.Free(); err != nil {
		panic(err) // cannot happen: each tank is freed once
	}
}

// Tanks returns the boxes of the tanks, by index, in the coordinates of the world. SetCubes changes them.
func (w *World[T]) Tanks() []aabb.Box {
	const half = TankWidth / 2
	tanks := *w.tanks.Load()
	list := make([]aabb.Box, len(tanks))
	for i, t := range tanks {
		list[i] = aabb.Box{Center: t.middle.add(vec3{0, half, 0}).mgl(), Half: mgl32.Vec3{half, half, half}}
	}
	return list
}

// Bounds returns the corners of the smallest box around all tanks.
func (w *World[T]) Bounds() (lo, hi mgl32.Vec3) { return aabb.Bounds(w.Tanks()) }

// Stats has numbers of the world at this moment.
type Stats struct {
	Live, Awake int // cubes
	Tanks       int
	Ticks       uint64
	Dropped     time.Duration // real time given up, in all
}

// Stats reads the counters of all tanks. It waits for no lock.
func (w *World[T]) Stats() Stats {
	tanks := *w.tanks.Load()
	st := Stats{Tanks: len(tanks), Ticks: uint64(w.steps.Load())}
	if w.clock != nil {
		st.Dropped = w.clock.Lost()
	}
	for _, t := range tanks {
		st.Live += int(t.live.Load())
		st.Awake += int(t.awake.Load())
	}
	return st
}
