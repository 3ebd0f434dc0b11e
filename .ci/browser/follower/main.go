//go:build js

// Follower is a page for tests: it follows a publisher, draws what it has, and tells what that is. The page's URL has
// the name and the token behind its #: follow=NAME&token=TOKEN.
//
// JavaScript asks by askBy(f), and f gets a report.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall/js"
	"time"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/browser"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

// A report says what the page has. Times are in milliseconds, of what happened since the last report.
type report struct {
	Seq, Tick     uint64
	Epoch         string
	Slots         int
	Mirror, GPU   string // sums of the publisher's slots in the mirror and in the GPU's memory
	Lost          int    // devices
	Hidden        bool
	Yaw, Distance float32
	Paused        bool
	Frames        int
	Error         string

	// median and 99th percentile
	Age    [2]float64 // from a tick's Time until the mirror has it
	Write  [2]float64 // planning and writing the changed slots to the GPU's buffer
	Encode [2]float64 // encoding and submitting a frame
}

type page struct {
	arena    *arena.Arena[mgl32.Mat4]
	follower *relay.Follower[mgl32.Mat4]
	shown    relay.Shown
	err      error
	lost     int
	camera   render.Camera
	asked    chan js.Value // functions that take a report
	ages     []float64
	writes   []float64
	frames   []float64 // Encode of each
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	location := js.Global().Get("location")
	asked, err := url.ParseQuery(strings.TrimPrefix(location.Get("hash").String(), "#"))
	if err != nil {
		return err
	}
	nc, err := nats.Connect("nats://"+asked.Get("token")+"@page", browser.Dial("ws://"+location.Get("host").String()+"/nats"),
		nats.MaxReconnects(-1), nats.ReconnectWait(time.Second/4))
	if err != nil {
		return err
	}
	p := &page{asked: make(chan js.Value, 8), camera: render.NewCamera(mgl32.Vec3{}, 60)}
	if p.arena, err = arena.New(arena.Config[mgl32.Mat4]{MaxSlots: 1 << 18}); err != nil {
		return err
	}
	if asked.Get("view") == "away" { // from the slots: they are uploaded, and none is drawn
		p.camera.Target = mgl32.Vec3{0, 0, 10_000}
	}
	cfg := relay.FollowerConfig{}
	fmt.Sscan(asked.Get("frames"), &cfg.Frames)
	if p.follower, err = relay.Follow(context.Background(), nc, asked.Get("follow"), p.arena, cfg); err != nil {
		return err
	}
	ask := js.FuncOf(func(_ js.Value, args []js.Value) any { p.asked <- args[0]; return nil })
	js.Global().Set("askBy", ask)
	for {
		err := window.Run(window.Config{}, p.draw)
		if !errors.Is(err, gpu.ErrDeviceLost) {
			return err
		}
		p.lost++
	}
}

var deviceObject = handle.In[wgpu.Device]("jsValue")

// draw draws until the device is lost. A new device gets everything from the mirror.
func (p *page) draw(w *window.Window) error {
	js.Global().Set("device", deviceObject.Of(w.Device().GPU))
	r, err := render.New(w.Device(), render.Config{Format: w.Format()})
	if err != nil {
		return err
	}
	defer r.Release()
	cube, err := render.NewCube(w.Device())
	if err != nil {
		return err
	}
	defer cube.Release()
	b, err := render.NewBatch(r, p.arena, cube, render.BatchConfig{})
	if err != nil {
		return err
	}
	defer b.Release()
	w.Camera = &p.camera
	for w.Next() {
		was := p.shown
		p.shown, p.err = p.follower.Receive()
		p.arena.Descend()
		if p.shown.Seq != was.Seq {
			p.ages = append(p.ages, ms(time.Duration(time.Now().UnixNano())-p.shown.Tick.Time))
		}
		stats, err := r.Frame(w, &p.camera, b)
		p.frames = append(p.frames, ms(stats.Encode+stats.Submit))
		p.writes = append(p.writes, ms(stats.Plan+stats.Write))
		if err != nil && !errors.Is(err, render.ErrSkip) {
			return err
		}
		for len(p.asked) > 0 {
			text, err := json.Marshal(p.report(w, b))
			if err != nil {
				return err
			}
			(<-p.asked).Invoke(string(text))
		}
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func (p *page) report(w *window.Window, b *render.Batch[mgl32.Mat4]) (r report) {
	r = report{
		Seq: p.shown.Seq, Epoch: fmt.Sprint(p.shown.Epoch), Tick: p.shown.Tick.Number, Slots: p.shown.HighWater, Lost: p.lost,
		Hidden: js.Global().Get("document").Get("hidden").Bool(), Yaw: p.camera.Yaw, Distance: p.camera.Distance, Paused: w.Paused(),
		Frames: len(p.frames), Age: quantiles(p.ages), Write: quantiles(p.writes), Encode: quantiles(p.frames),
	}
	p.ages, p.writes, p.frames = p.ages[:0], p.writes[:0], p.frames[:0]
	if p.err != nil {
		r.Error = p.err.Error()
	}
	if _, err := b.Upload(); err != nil {
		r.Error = err.Error()
	}
	mirror := p.arena.Mirror()
	onGPU := make([]mgl32.Mat4, len(mirror))
	for _, page := range b.Uploader().Pages() {
		if err := gpu.ReadBuffer(w.Device().GPU, page.Buffer, arena.Bytes(onGPU[page.First:min(page.First+page.Count, len(onGPU))])); err != nil {
			r.Error = err.Error()
		}
	}
	r.Mirror, r.GPU = p.sum(mirror), p.sum(onGPU)
	return r
}

// sum is that of the publisher's slots, in its order.
func (p *page) sum(slots []mgl32.Mat4) string {
	h := sha256.New()
	for i := range p.shown.HighWater {
		h.Write(arena.Bytes(slots[p.follower.Index(i):][:1]))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// quantiles returns the median and the 99th percentile.
func quantiles(v []float64) (q [2]float64) {
	if len(v) == 0 {
		return q
	}
	v = slices.Sorted(slices.Values(v))
	return [2]float64{v[len(v)/2], v[min(len(v)-1, len(v)*99/100)]}
}
