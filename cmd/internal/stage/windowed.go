package stage

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
	s, err := NewScene(ctx, w.Device(), w, c)
	if err != nil {
		return err
	}
	defer s.Release()
	h, err := newHUD(w)
	if err != nil {
		return err
	}
	defer h.Release()
	if line, ok := s.Source.(Timeline); ok && line.Keep() {
		h.bar = &scrubBar{Timeline: line}
	}
	s.control(w, h)
	w.Status = func() string { return s.status(w.Paused()) }
	err = animate(ctx, w, s, h, c)
	return errors.Join(err, s.Close())
}

// animate is the loop of the window.
func animate(ctx context.Context, w *window.Window, s *Scene, h *HUD, c Config) (err error) {
	target := h.Over(w)
	taken := c.Screenshot == ""
	save := func(img *image.NRGBA, failed error) {
		taken = true
		if failed == nil {
			failed = render.WritePNG(c.Screenshot, img)
		}
		err = errors.Join(err, failed)
	}
	s.Source.Run()
	defer context.AfterFunc(ctx, w.Wake)()
	var width, height int
	for drawn := 0; (c.Frames == 0 || drawn < c.Frames) && ctx.Err() == nil && w.Next(); {
		now := time.Now()
		s.Source.Pause(w.Paused())
		if wide, high := w.Size(); wide > 0 && high > 0 {
			width, height = wide, high
		}
		s.fit(width, height, h.margins())
		if drawn == c.Frames-1 && c.Screenshot != "" {
			w.Capture(save)
		}
		if s.still.touched = s.still.touched || w.NeedsRedraw(); c.Frames == 0 && !s.still.draws(now, s.Source.Moving(), s.Camera, width, height) {
			if len(s.sinks) > 0 {
				if failed := s.Update(); failed != nil {
					return errors.Join(err, failed)
				}
			}
			w.Wait(idleWait)
			continue
		}
		h.compose(s, width, height, w.Paused())
		switch _, failed := s.Draw(target); {
		case errors.Is(failed, render.ErrSkip): // there is nothing to draw into; the sinks go on
			if failed := s.Update(); failed != nil {
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
func (s *Scene) last(w *window.Window, h *HUD, width, height int) (*image.NRGBA, error) {
	picture, err := render.NewOffscreen(w.Device(), width, height, w.Format())
	if err != nil {
		return nil, err
	}
	defer picture.Release()
	h.compose(s, width, height, w.Paused())
	if _, err := s.Draw(h.Over(picture)); err != nil {
		return nil, err
	}
	return picture.Image()
}

// status returns the text of the window's title.
func (s *Scene) status(paused bool) string {
	text := s.Source.Summary(" · ")
	if state := s.state(paused); state != running {
		text += " · " + state
	}
	return text
}

const running = "running"

// state says whether the time of the source goes on.
func (s *Scene) state(paused bool) string {
	state := ""
	if line, ok := s.Source.(Timeline); ok {
		state = line.State()
	}
	switch {
	case paused && state != "":
		return "paused, " + state
	case paused:
		return "paused"
	case state != "":
		return state
	}
	return running
}
