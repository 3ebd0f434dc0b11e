package soak

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/render"
)

// Lines and points are slots as any others: what a recording plays and a follower receives draws the picture of the
// arena that was recorded and published, byte for byte, at each of three ticks.
func TestLinesAndPointsArePassedOn(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	f := func() float32 { return rng.Float32()*8 - 4 }
	color := func() render.RGBA8 {
		return render.RGBA8{uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), 255}
	}
	t.Run("lines", func(t *testing.T) {
		passedOn(t, func() render.Line {
			return render.Line{A: mgl32.Vec3{f(), f(), f()}, B: mgl32.Vec3{f(), f(), f()}, Width: 0.05, Pixels: 1, ColorA: color(), ColorB: color()}
		})
	})
	t.Run("points", func(t *testing.T) {
		passedOn(t, func() render.Point {
			return render.Point{Center: mgl32.Vec3{f(), f(), f()}, Radius: 0.2, Pixels: 1, Color: color()}
		})
	})
}

func passedOn[T any](t *testing.T, slot func() T) {
	const slots = 300
	_, renderer, target := newRenderer(t, 96, 54)
	camera := render.NewCamera(mgl32.Vec3{}, 15)

	newArena := func() *arena.Arena[T] {
		a, err := arena.New(arena.Config[T]{MaxSlots: 4096})
		must(t, err)
		return a
	}
	drawn := map[*arena.Arena[T]]*render.Batch[T]{}
	picture := func(a *arena.Arena[T]) string {
		if drawn[a] == nil {
			b, err := render.NewBatch(renderer, a, nil, render.BatchConfig{})
			must(t, err)
			t.Cleanup(b.Release)
			drawn[a] = b
		}
		_, err := renderer.Frame(target, &camera, drawn[a])
		must(t, err)
		img, err := target.Image()
		must(t, err)
		return string(img.Pix)
	}

	live, followed := newArena(), newArena()
	group := live.NewGroup()
	span, err := group.AllocSpan(slots, *new(T))
	must(t, err)
	now := time.Duration(0)
	var file bytes.Buffer
	recorder, err := record.NewRecorder(&file, live, record.Config{Clock: func() time.Duration { return now }})
	must(t, err)
	connection := connect(t)
	publisher, err := relay.Publish(t.Context(), connection, "kinds", live, relay.PublisherConfig{})
	must(t, err)
	t.Cleanup(func() { publisher.Close() })
	follower, err := relay.Follow(t.Context(), connection, "kinds", followed, relay.FollowerConfig{})
	must(t, err)
	t.Cleanup(func() { follower.Close() })

	empty := picture(live)
	var want []string
	for tick := range 3 {
		for i := range slots {
			if tick == 0 || i%3 == tick { // later ticks change a part
				v := slot()
				span.Set(i, &v)
			}
		}
		now = time.Duration(tick) * time.Second
		group.Commit(arena.Tick{Number: uint64(tick + 1), Time: now})
		want = append(want, picture(live))
		if want[tick] == empty || tick > 0 && want[tick] == want[tick-1] {
			t.Fatal("nothing is drawn: this test sees nothing")
		}
		must(t, recorder.Append())
		for number := uint64(0); number != uint64(tick+1); {
			must(t, publisher.Send())
			shown, err := follower.Receive()
			must(t, err)
			number = shown.Tick.Number
		}
		if picture(followed) != want[tick] {
			t.Errorf("tick %d: the follower draws another picture", tick+1)
		}
	}
	must(t, recorder.Close())

	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	must(t, err)
	played := newArena()
	player, err := record.NewPlayer(rec, played)
	must(t, err)
	t.Cleanup(func() { player.Close() })
	for _, tick := range []int{2, 0, 1} {
		must(t, player.Seek(time.Duration(tick)*time.Second))
		if picture(played) != want[tick] {
			t.Errorf("tick %d: the recording draws another picture", tick+1)
		}
	}
}
