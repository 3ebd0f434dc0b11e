package stage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slotstream/slotstream/render"
)

// Draw draws a source to target, without a window. It steps the source once for each frame and draws every frame: the
// same seed, or the same moment of a recording, gives the same picture. But a Live source, and one that is published,
// go by real time, and Draw draws the last frame only. If ctx is cancelled, the current frame is the last one. The
// summary describes the last frame; Draw also returns it with the error of a sink.
func Draw(ctx context.Context, dev *render.Device, target render.Target, c Config) (summary string, err error) {
	s, err := NewScene(ctx, dev, target, c)
	if err != nil {
		return "", err
	}
	defer s.Release()
	defer func() { err = errors.Join(err, s.Close()) }()

	if live, ok := s.Source.(Live); ok && live.Goes() || c.Publish != "" {
		return s.live(dev, target, c.Frames)
	}
	frames, drawn := c.Lockstep, 0
	for drawn == 0 || drawn < frames && ctx.Err() == nil {
		if err := s.Source.Step(); err != nil {
			return "", err
		}
		if _, err := s.Draw(target); err != nil {
			return "", fmt.Errorf("drawing frame %d: %w", drawn, err)
		}
		s.Wait() // so that a recording has every tick
		if c.Each != nil {
			if err := c.Each(); err != nil {
				return "", err
			}
		}
		drawn++
	}
	return fmt.Sprintf("frame %d, %s, on %s", drawn, s.Source.Summary(", "), dev.Info.Name), nil
}

// patience is how long live waits for what it shows.
const patience = 10 * time.Second

// live goes by real time, like the other processes, and draws only the last frame: after so many updates, when ctx is
// cancelled, or, with 0, when a frame has arrived from everything that a Live source shows.
func (s *Scene) live(dev *render.Device, target render.Target, frames int) (string, error) {
	s.Source.Run()
	beat := time.NewTicker(cmp.Or(s.Source.Framing().Tick, offscreenTick))
	defer beat.Stop()
	began, updates := time.Now(), 0
	others, _ := s.Source.(Live)
	if others != nil && !others.Goes() {
		others = nil
	}
	for s.ctx.Err() == nil && (frames == 0 || updates < frames) {
		if err := s.Update(); err != nil {
			return "", err
		}
		if updates++; others != nil {
			if err := others.Awaited(); err != nil {
				if updates = 0; time.Since(began) > patience {
					return "", err
				}
			} else if frames == 0 && s.outputs.Publish == "" && s.outputs.Record == "" {
				break
			}
		}
		select {
		case <-s.ctx.Done():
		case <-beat.C:
		}
	}
	width, height := target.Size()
	s.Fit(width, height)
	if _, err := s.Draw(target); err != nil {
		return "", fmt.Errorf("drawing a frame: %w", err)
	}
	return fmt.Sprintf("%s, on %s", s.Source.Summary(", "), dev.Info.Name), nil
}
