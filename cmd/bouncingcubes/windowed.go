package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
)

// showWindow draws until the window is closed, the frames that were asked for are drawn, or ctx is cancelled.
// The workers step in real time beside it. It reports whether a window was opened: an error before that is one of the
// display, whatever its kind.
func showWindow(ctx context.Context, o options) (opened bool, err error) {
	err = window.Run(window.Options{
		Title:   "bouncing cubes",
		Width:   o.size.width,
		Height:  o.size.height,
		NoVSync: !o.vsync,
		Stats:   true,
		Device:  deviceOptions(o),
	}, func(w *window.Window) error {
		opened = true
		if w.Device().Info.Software && !o.lookGiven {
			o.look, o.msaa = render.Plain, 1 // 20 times cheaper on a CPU: it moves smoothly
		}
		s, err := newScene(ctx, w.Device(), w.Format(), o)
		if err != nil {
			return err
		}
		defer s.release()
		h, err := newHUD(w)
		if err != nil {
			return err
		}
		defer h.Release()
		s.control(w, h)
		w.Status = func() string { return s.status(w.Paused()) }
		return animate(ctx, w, s, h, o)
	})
	return opened, badAdapter(o, err)
}

// animate is the window's loop.
func animate(ctx context.Context, w *window.Window, s *scene, h *hud, o options) error {
	target := h.Over(w)
	last := time.Now()
	for drawn := 0; (o.frames == 0 || drawn < o.frames) && ctx.Err() == nil && w.Next(); {
		now := time.Now()
		elapsed := now.Sub(last)
		last = now
		passes := elapsed
		if w.Paused() {
			passes = 0
		}
		width, height := w.Size()
		s.fit(width, height, h.clear())
		if drawn == o.frames-1 && o.screenshot != "" {
			w.Screenshot(o.screenshot)
		}
		h.compose(s, height, w.Paused())
		switch err := s.frame(target, passes); {
		case errors.Is(err, render.ErrSkip):
		case err != nil:
			return fmt.Errorf("drawing frame %d: %w", drawn, err)
		default:
			if drawn++; drawn == 1 {
				last = time.Now() // compiling shaders takes none of the world's time
			}
			h.drawn(elapsed, s.cubes.Stats())
		}
	}
	return nil
}

// status is what the window's title says.
func (s *scene) status(paused bool) string {
	world := s.world.Stats()
	text := fmt.Sprintf("%s cubes in %s · %s awake", count(world.Live), plural(world.Tanks, "tank"), count(world.Awake))
	if paused {
		text += " · paused"
	}
	return text
}
