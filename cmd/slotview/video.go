//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/slotview/internal/options"
	"github.com/slotstream/slotstream/cmd/slotview/internal/video"
	"github.com/slotstream/slotstream/cmd/slotview/internal/view"
	"github.com/slotstream/slotstream/render"
)

// film draws a video of the sources: frame n shows them n/fps seconds later than the first frame, on the clock of their
// ticks.
func film(ctx context.Context, o options.Options, sources view.Config, c stage.Config, texts io.Writer) error {
	frames, frame := o.Picture.Frames, time.Second/time.Duration(o.FPS)
	w, err := video.New(o.Video, o.FPS, o.Picture.Size.Width, o.Picture.Size.Height)
	if err != nil {
		return cli.Usagef("-video: %w", err)
	}
	defer w.Abandon() // does nothing after Close
	if sources.Live() {
		var end func()
		if sources, end, err = sources.Capture(ctx, time.Duration(frames)*frame); err != nil {
			return err
		}
		defer end()
		sources.From, sources.Speed = 0, 1
	}
	if frames == 0 {
		frames = int(float64(sources.Length()-sources.From)/max(sources.Speed, -sources.Speed)/float64(frame)) + 1
	}
	sources.Frame = frame
	c.Open, c.Lockstep, c.Outputs = sources.Open, max(frames, 1), stage.Outputs{Say: c.Say, Warn: c.Warn}
	return stage.ScreenOf(name, o.Picture, o.GPU).OpenOffscreen(func(d *render.Device, target *render.Offscreen) error {
		if d.Info.Software && !c.LookGiven {
			c.Look, c.MSAA = render.Plain, 1 // 20 times cheaper on a CPU
		}
		c.Each = func() error {
			img, err := target.Image()
			if err == nil {
				err = w.Frame(img)
			}
			return err
		}
		summary, err := stage.Draw(ctx, d, target, c)
		if err == nil && o.Picture.Screenshot != "" {
			err = target.WritePNG(o.Picture.Screenshot)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			return err
		}
		fmt.Fprintf(texts, "%s: %s\n", o.Video, summary)
		return nil
	})
}
