package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/slotstream/slotstream/render"
)

const offscreenFrames = 90 // a second and a half at 60 Hz: heaps have formed, and the last cubes still fall

// Draw steps the source once for each frame and draws every frame into target, which holds the last one then. The same
// seed, or the same moment of a recording, gives the same picture. Interrupted, it ends at the frame that it has come
// to. It returns what is to be seen, in words, also with the error of a recording that ended early.
func Draw(ctx context.Context, dev *render.Device, target render.Target, c Config) (seen string, err error) {
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
	defer func() { err = errors.Join(err, s.end(c.Say)) }()

	drawn := 0
	for drawn == 0 || drawn < frames && ctx.Err() == nil {
		if err := s.source.step(); err != nil {
			return "", err
		}
		if _, err := s.draw(target); err != nil {
			return "", fmt.Errorf("drawing frame %d: %w", drawn, err)
		}
		s.wait() // so that a recording misses none
		drawn++
	}
	return fmt.Sprintf("frame %d, %s, on %s", drawn, s.source.seen(), dev.Info.Name), nil
}
