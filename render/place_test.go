package render_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// A batch whose place and clock are its own is drawn, culled, lit, shadowed and picked as the same motions that were
// shifted by hand, and nothing is uploaded for it.
func TestOwnPlaceAndClock(t *testing.T) {
	const tick, now = 100 * time.Millisecond, 20 * time.Second
	d := openDevice(t)
	sphere, err := render.NewSphere(d, 8, 4)
	check(t, err)
	t.Cleanup(sphere.Release)
	origin := mgl64.Vec3{8, 0.5, -4}
	// A 9 by 6 wall in the middle of its tick, and many more around the eye, most of which it does not see.
	motions := func(n int, shift mgl64.Vec3, clock time.Duration) []render.Motion {
		all := make([]render.Motion, n)
		for i := range all {
			at := mgl32.Vec3{float32(i%9) - 4, float32(i/9) - 2.5, 0}
			if i >= 54 {
				angle := float64(i)
				at = mgl32.Vec3{float32(30 * math.Sin(angle)), float32(i%7) - 3, float32(30 * math.Cos(angle))}
			}
			at = at.Add(narrow(shift))
			all[i] = render.Motion{
				From: at, FromTurn: mgl32.QuatIdent(), Start: render.MotionClock(clock - tick/4),
				To: at.Add(mgl32.Vec3{0.5, 1, 0.25}), ToTurn: mgl32.QuatRotate(1, mgl32.Vec3{0, 1, 0}), Scale: 0.7,
			}
		}
		return all
	}
	for _, c := range []render.Config{{}, {Look: render.Studio, GroundY: -3}} {
		s := newStage(t, d, 180, 120, c)
		s.renderer.Now = now
		camera := render.NewCamera(narrow(origin), 12)
		for _, n := range []int{54, 6000} {
			for name, mesh := range map[string]*render.Mesh{"cubes": cubeMesh(t, d), "spheres": sphere} {
				for _, ahead := range []time.Duration{-now + time.Microsecond, 3*time.Hour + 7*time.Microsecond} {
					what := fmt.Sprintf("%v, %d %s, %v ahead", c.Look, n, name, ahead)
					theirs := newBatch(t, s, newArena(t, motions(n, mgl64.Vec3{}, now+ahead)...), mesh, render.BatchConfig{Tick: tick})
					ours := newBatch(t, s, newArena(t, motions(n, mgl64.Vec3{}, now)...), mesh, render.BatchConfig{Tick: tick, Origin: origin})
					shifted := newBatch(t, s, newArena(t, motions(n, origin, now)...), mesh, render.BatchConfig{Tick: tick})
					want := s.shot(t, camera, ours)
					// A float32 rounds a shifted place a little differently: edges where cubes meet move.
					if bytes, _ := apart(s.shot(t, camera, shifted), want); drawnOn(want) < 2500 || bytes > len(want.Pix)/200 {
						t.Errorf("%s: %d pixels are drawn on, %d bytes differ", what, drawnOn(want), bytes)
					}
					elsewhere := s.shot(t, camera, theirs)
					theirs.SetOrigin(origin)
					then := s.shot(t, camera, theirs)
					if theirs.SetClock(ahead); alike(elsewhere, want) || alike(then, want) {
						t.Errorf("%s: this test sees neither place nor clock", what)
					}
					if got := s.shot(t, camera, theirs); string(got.Pix) != string(want.Pix) {
						bytes, most := apart(got, want)
						t.Errorf("%s: %d bytes differ by up to %d", what, bytes, most)
					}
					if sent := theirs.Stats().Bytes; sent != 0 {
						t.Errorf("%s: %d bytes were uploaded", what, sent)
					}
					found := 0
					for y := 5; y < 120; y += 10 {
						for x := 5; x < 180; x += 30 {
							got, ok, err := s.renderer.Pick(&camera, 180, 120, x, y, theirs)
							check(t, err)
							hit, there, err := s.renderer.Pick(&camera, 180, 120, x, y, ours)
							if check(t, err); got != hit || ok != there {
								t.Errorf("%s: at %d,%d is %v %v, want %v %v", what, x, y, got, ok, hit, there)
							}
							if ok {
								found++
							}
						}
					}
					if found < 10 {
						t.Errorf("%s: %d of the pixels show a slot", what, found)
					}
					for _, b := range []*render.Batch[render.Motion]{theirs, ours, shifted} {
						b.Release()
					}
				}
			}
		}
	}
}

func TestOriginMustBeFinite(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 8, 8, render.Config{})
	b := newBatch(t, s, newArena(t, mgl32.Ident4()), cubeMesh(t, d), render.BatchConfig{})
	for _, x := range []float64{math.NaN(), math.Inf(1), -math.MaxFloat64} {
		origin := mgl64.Vec3{x, 0, 0}
		if _, err := render.NewBatch(s.renderer, newArena(t, mgl32.Ident4()), cubeMesh(t, d), render.BatchConfig{Origin: origin}); err == nil {
			t.Errorf("an origin at %v was taken", x)
		}
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, "render: SetOrigin: ") {
					t.Errorf("SetOrigin to %v: %s", x, said)
				}
			}()
			b.SetOrigin(origin)
		}()
	}
}

// SetTick changes how long motions take, as BatchConfig.Tick says it, on every page and without an upload.
func TestSetTick(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 120, 80, render.Config{})
	s.renderer.Now = time.Second
	motions := make([]render.Motion, 40)
	for i := range motions {
		p := mgl32.Vec3{float32(i%8) - 4, float32(i/8) - 2, 0}
		motions[i] = render.Motion{From: p, FromTurn: mgl32.QuatIdent(), To: p.Add(mgl32.Vec3{0.7, 0.7, 0}), ToTurn: mgl32.QuatIdent(), Scale: 0.4}
	}
	camera := render.NewCamera(mgl32.Vec3{}, 10)
	shot := func(b *render.Batch[render.Motion]) string { return string(s.shot(t, camera, b).Pix) }
	with := func(tick time.Duration) *render.Batch[render.Motion] {
		return newBatch(t, s, newArena(t, motions...), cubeMesh(t, d), render.BatchConfig{Tick: tick, Upload: upload.Config{PageSlots: 16}})
	}
	b := with(time.Second)
	ended := shot(b)
	for _, tick := range []time.Duration{2 * time.Second, 4 * time.Second, 0, time.Hour} {
		b.SetTick(tick)
		if got := shot(b); got != shot(with(tick)) || (got == ended) != (tick == 0) {
			t.Errorf("a tick of %v is not what is drawn", tick)
		}
		if n := b.Stats().Updated; n != 0 {
			t.Errorf("a tick of %v uploads %d slots", tick, n)
		}
	}
	for _, tick := range []time.Duration{-1, time.Hour + 1} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, "render: SetTick: the Tick ") {
					t.Errorf("SetTick(%v): %s", tick, said)
				}
			}()
			b.SetTick(tick)
		}()
	}
}

// Motions that are not stored any more stay where they went to, for as long as the program runs, though their clock
// wraps after 71 minutes. The control: where another slot of the arena changes, the clock goes on, and they move again.
func TestMotionsOfADeadPublisherStand(t *testing.T) {
	d := openDevice(t)
	s := newStage(t, d, 60, 40, render.Config{})
	camera := render.NewCamera(mgl32.Vec3{0.5, 0, 0}, 6)
	turn, began := mgl32.QuatIdent(), 100*time.Second
	for _, changes := range []bool{false, true} {
		a := newArena(t, render.Motion{Start: render.MotionClock(began), FromTurn: turn, To: mgl32.Vec3{1, 0, 0}, ToTurn: turn, Scale: 1})
		other, err := a.Alloc(render.Motion{})
		check(t, err)
		b := newBatch(t, s, a, cubeMesh(t, d), render.BatchConfig{Tick: time.Minute})
		b.SetClock(time.Hour) // a publisher's, an hour ahead
		s.renderer.Now = began - time.Hour
		start := string(s.shot(t, camera, b).Pix)
		s.renderer.Now += time.Minute
		end, again := string(s.shot(t, camera, b).Pix), 0
		if start == end {
			t.Fatal("the motion goes nowhere: this test sees nothing")
		}
		for minutes := 2; minutes < 150; minutes++ {
			s.renderer.Now += time.Minute
			if changes {
				other.Store(&render.Motion{From: mgl32.Vec3{float32(minutes), 0, 0}})
			}
			if string(s.shot(t, camera, b).Pix) != end {
				again++
			}
		}
		if moved := again > 0; moved != changes {
			t.Errorf("another slot changes: %v; the motion moved again in %d of 148 minutes", changes, again)
		}
	}
}
