package demo

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

// Show draws in a window until it is closed, c.Frames are drawn, or ctx is cancelled. Meanwhile the world ticks on its
// own clock.
func Show(ctx context.Context, w *window.Window, c Config) error {
	if w.Device().Info.Software && !c.LookGiven {
		c.Look, c.MSAA = render.Plain, 1 // 20 times cheaper on a CPU, so that motion is smooth
	}
	s, err := newScene(ctx, w.Device(), w, c)
	if err != nil {
		return err
	}
	defer s.release()
	h, err := newHUD(w)
	if err != nil {
		return err
	}
	defer h.Release()
	if line, ok := s.source.(timeline); ok {
		h.bar = &scrubBar{timeline: line}
	}
	s.control(w, h)
	w.Status = func() string { return s.status(w.Paused()) }
	err = animate(ctx, w, s, h, c)
	return errors.Join(err, s.sinks.close(c.Say))
}

// animate is the loop of the window.
func animate(ctx context.Context, w *window.Window, s *scene, h *hud, c Config) (err error) {
	target := h.Over(w)
	taken := c.Screenshot == ""
	save := func(img *image.NRGBA, failed error) {
		taken = true
		if failed == nil {
			failed = render.WritePNG(c.Screenshot, img)
		}
		err = errors.Join(err, failed)
	}
	s.source.run()
	defer context.AfterFunc(ctx, w.Wake)()
	var width, height int
	for drawn := 0; (c.Frames == 0 || drawn < c.Frames) && ctx.Err() == nil && w.Next(); {
		now := time.Now()
		s.source.pause(w.Paused())
		if wide, high := w.Size(); wide > 0 && high > 0 {
			width, height = wide, high
		}
		s.fit(width, height, h.margins())
		if drawn == c.Frames-1 && c.Screenshot != "" {
			w.Capture(save)
		}
		if s.still.touched = s.still.touched || w.NeedsRedraw(); c.Frames == 0 && !s.still.draws(now, s.source.moving(), s.camera, width, height) {
			if len(s.sinks) > 0 {
				if failed := s.update(); failed != nil {
					return errors.Join(err, failed)
				}
			}
			w.Wait(idleWait)
			continue
		}
		h.compose(s, width, height, w.Paused())
		switch _, failed := s.draw(target); {
		case errors.Is(failed, render.ErrSkip): // there is nothing to draw into; the sinks go on
			if failed := s.update(); failed != nil {
				return errors.Join(err, failed)
			}
		case failed != nil:
			return errors.Join(err, fmt.Errorf("drawing frame %d: %w", drawn, failed))
		default:
			drawn++
			h.drawn(now, w.FrameTime(), s)
		}
	}
	if !taken && width > 0 { // the loop ended before the frame that was to be the last
		save(s.last(w, h, width, height))
	}
	return err
}

// last draws the present scene as the window showed it.
func (s *scene) last(w *window.Window, h *hud, width, height int) (*image.NRGBA, error) {
	picture, err := render.NewOffscreen(w.Device(), width, height, w.Format())
	if err != nil {
		return nil, err
	}
	defer picture.Release()
	h.compose(s, width, height, w.Paused())
	if _, err := s.draw(h.Over(picture)); err != nil {
		return nil, err
	}
	return picture.Image()
}

// status returns the text of the window's title.
func (s *scene) status(paused bool) string {
	text := s.source.summary(" · ")
	if state := s.state(paused); state != running {
		text += " · " + state
	}
	return text
}

const running = "running"

// state says whether the time of the source goes on.
func (s *scene) state(paused bool) string {
	switch line, ok := s.source.(timeline); {
	case paused:
		return "paused"
	case ok && line.ended():
		return "at the end"
	}
	return running
}
