package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slotstream/slotstream/render"
)

const offscreenFrames = 90 // after a second and a half there are heaps, and the last cubes still fall

// Draw steps the source once for each frame, and draws every frame to target. The same seed, or the same moment of a
// recording, gives the same picture. If ctx is cancelled, the current frame is the last one. The summary describes the
// last frame; Draw also returns it with the error of a sink.
func Draw(ctx context.Context, dev *render.Device, target render.Target, c Config) (summary string, err error) {
	frames := c.Frames
	if frames == 0 {
		frames = offscreenFrames
		if c.Replay != nil {
			frames = 1
		}
	}
	s, err := newScene(ctx, dev, target, c)
	if err != nil {
		return "", err
	}
	defer s.release()
	defer func() { err = errors.Join(err, s.sinks.close(c.Say)) }()

	if c.Publish != "" || len(c.Follow) > 0 || c.Shared {
		return s.live(ctx, dev, target, c)
	}
	drawn := 0
	for drawn == 0 || drawn < frames && ctx.Err() == nil {
		if err := s.source.step(); err != nil {
			return "", err
		}
		if _, err := s.draw(target); err != nil {
			return "", fmt.Errorf("drawing frame %d: %w", drawn, err)
		}
		s.sinks.wait() // so that a recording has every tick
		drawn++
	}
	return fmt.Sprintf("frame %d, %s, on %s", drawn, s.source.summary(", "), dev.Info.Name), nil
}

// patience is how long live waits for the publishers that it follows.
const patience = 10 * time.Second

// live goes by real time, like the other processes, and draws only the last frame: after c.Frames updates, when ctx is
// cancelled, or when a frame has arrived from every publisher that it follows.
func (s *scene) live(ctx context.Context, dev *render.Device, target render.Target, c Config) (string, error) {
	s.source.run()
	tick := s.source.framing().Tick
	if tick == 0 { // a recording of slots that do not move between two ticks
		tick = replayTick
	}
	beat := time.NewTicker(tick)
	defer beat.Stop()
	began, updates := time.Now(), 0
	others, following := s.source.(*followed)
	for ctx.Err() == nil && (c.Frames == 0 || updates < c.Frames) {
		if err := s.update(); err != nil {
			return "", err
		}
		if updates++; following {
			if awaited := others.awaited(); len(awaited) > 0 {
				if updates = 0; time.Since(began) > patience {
					return "", nothingFrom(ctx, c.NATS, awaited)
				}
			} else if c.Frames == 0 {
				break
			}
		}
		select {
		case <-ctx.Done():
		case <-beat.C:
		}
	}
	width, height := target.Size()
	s.fit(width, height, margins{})
	if _, err := s.draw(target); err != nil {
		return "", fmt.Errorf("drawing a frame: %w", err)
	}
	return fmt.Sprintf("%s, on %s", s.source.summary(", "), dev.Info.Name), nil
}
