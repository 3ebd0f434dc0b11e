package demo

import (
	"context"
	"fmt"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render"
)

const offscreenFrames = 90 // a second and a half at 60 Hz: heaps have formed, and the last cubes still fall

// Draw steps the world once for each frame and draws every frame into target, which holds the last one then. The same
// seed gives the same picture. Interrupted, it ends at the frame that it has come to. It returns what is to be seen, in
// words.
func Draw(ctx context.Context, dev *render.Device, target render.Target, c Config) (string, error) {
	frames := c.Frames
	if frames == 0 {
		frames = offscreenFrames
	}
	s, err := newScene(ctx, dev, target, c)
	if err != nil {
		return "", err
	}
	defer s.release()

	drawn := 0
	for drawn == 0 || drawn < frames && ctx.Err() == nil {
		s.world.Step()
		if _, err := s.draw(target); err != nil {
			return "", fmt.Errorf("drawing frame %d: %w", drawn, err)
		}
		drawn++
	}
	stats := s.world.Stats()
	return fmt.Sprintf("frame %d, %s, %d of them awake, on %s", drawn, words.Plural(stats.Live, "cube"), stats.Awake, dev.Info.Name), nil
}
