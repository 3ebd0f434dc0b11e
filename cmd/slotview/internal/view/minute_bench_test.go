//go:build !js

package view

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
)

// A crowd is a feed of bodies of this process, all of which move in every frame.
type crowd struct {
	*arenaOf[mgl32.Mat4]
	group  arena.Group[mgl32.Mat4]
	bodies arena.GroupSpan[mgl32.Mat4]
	tick   uint64
}

func (c *crowd) receive(time.Duration) error {
	c.tick++
	all := c.bodies.Stage(0, c.bodies.Len())
	for i := range all {
		sin, cos := math.Sincos(float64(c.tick)/50 + float64(i))
		r := float32(math.Sqrt(float64(i)))
		all[i] = mgl32.HomogRotate3DY(float32(c.tick)/20 + float32(i))
		all[i][12], all[i][13], all[i][14] = r*float32(cos), 1+float32(i%7), r*float32(sin)
	}
	c.group.Commit(arena.Tick{Number: c.tick, Time: time.Duration(c.tick) * time.Second / 60})
	return nil
}

func (c *crowd) streams() []stream { return []stream{c.arenaOf} }
func (c *crowd) awaited() error    { return nil }
func (c *crowd) arriving() bool    { return true }
func (c *crowd) what() string      { return "" }
func (c *crowd) close()            {}

// benchScenes returns a picture of 1,280×720, and a function that makes scenes to draw into it.
func benchScenes(b *testing.B) (target *render.Offscreen, newScene func(Config) *stage.Scene) {
	b.Helper()
	dev, err := render.Open(render.DeviceConfig{})
	if err != nil {
		b.Skip(err)
	}
	b.Cleanup(dev.Release)
	if target, err = render.NewOffscreen(dev, 1280, 720, 0); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(target.Release)
	return target, func(c Config) *stage.Scene {
		c.Warn = func(err error) { b.Error(err) }
		s, err := stage.NewScene(b.Context(), dev, target, stage.Config{Open: c.Open, MSAA: 1})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(s.Release)
		return s
	}
}

// BenchmarkMinute is what a frame of moving bodies costs if the last minute is kept, beside one of a viewer that keeps
// nothing: the two take turns of 20 frames. A frame ends when the CPU, which draws, is done with it.
//
//	go test -run '^$' -bench Minute -benchtime 200x -count 5 ./cmd/slotview/internal/view
func BenchmarkMinute(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			target, newScene := benchScenes(b)
			var scenes [2]*stage.Scene
			var viewers [2]*Viewer
			for i := range scenes {
				scenes[i] = newScene(Config{})
				v := scenes[i].Source.(*Viewer)
				a, err := arena.New(arena.Config[mgl32.Mat4]{})
				if err != nil {
					b.Fatal(err)
				}
				c := &crowd{arenaOf: newStream(v, a, matrices), group: a.NewGroup()}
				if c.bodies, err = c.group.AllocSpan(n, mgl32.Mat4{}); err != nil {
					b.Fatal(err)
				}
				p := &part{name: "crowd", count: everything, group: c.group.Number()}
				c.joined(p)
				v.feeds, v.rooms, viewers[i] = []feed{c}, make([]room, 1), v
				v.Run()
			}
			viewers[1].Keep()
			var times [2][]time.Duration
			for k := 0; b.Loop(); k++ {
				scenes[k/20%2].Fit(1280, 720)
				i := k / 20 % 2
				start := time.Now()
				if _, err := scenes[i].Draw(target); err != nil {
					b.Fatal(err)
				}
				if err := scenes[i].Renderer.Wait(); err != nil {
					b.Fatal(err)
				}
				if k%20 >= 5 { // the other viewer's recorder is done by then
					times[i] = append(times[i], time.Since(start))
				}
			}
			for _, t := range times {
				slices.Sort(t)
			}
			if len(times[1]) == 0 {
				return
			}
			median := func(t []time.Duration) float64 { return t[len(t)/2].Seconds() * 1e3 }
			m := viewers[1].layers[0].minute
			s := m.recorder.Stats()
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(times[0]), "without-ms")
			b.ReportMetric(median(times[1]), "with-ms")
			b.ReportMetric(median(times[1])/median(times[0]), "ratio")
			b.ReportMetric(float64(s.Bytes)/float64(max(s.Frames, 1)), "bytes/tick")
			b.ReportMetric(float64(s.Conflated), "joined")
		})
	}
}
