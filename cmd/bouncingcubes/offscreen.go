package main

import (
	"context"
	"fmt"
	"io"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/wholefile"
)

const (
	defaultPicture         = "cubes.png"
	defaultOffscreenFrames = 90 // a second and a half at 60 Hz: heaps have formed, and the last cubes still fall
)

// drawOffscreen steps the world once for each frame, draws every frame, and writes the last one to a PNG. The same
// seed gives the same picture. Interrupted, it writes the frame that it has come to.
func drawOffscreen(ctx context.Context, o options, stdout io.Writer) error {
	path := o.screenshot
	if path == "" {
		var err error
		if path, err = defaultName(stdout); err != nil {
			return err
		}
	}
	frames := o.frames
	if frames == 0 {
		frames = defaultOffscreenFrames
	}
	dev, err := render.Open(deviceOptions(o))
	if err != nil {
		return badAdapter(o, err)
	}
	defer dev.Release()
	target, err := render.NewOffscreen(dev, o.size.width, o.size.height, 0)
	if err != nil {
		return err
	}
	defer target.Release()
	s, err := newScene(ctx, dev, target.Format(), o)
	if err != nil {
		return err
	}
	defer s.release()

	drawn := 0
	for drawn == 0 || drawn < frames && ctx.Err() == nil {
		s.world.Step()
		if _, err := s.draw(target); err != nil {
			return fmt.Errorf("drawing frame %d: %w", drawn, err)
		}
		drawn++
	}
	if err := target.WritePNG(path); err != nil {
		return err
	}
	stats := s.world.Stats()
	_, err = fmt.Fprintf(stdout, "%s: frame %d, %s, %d of them awake, on %s\n", path, drawn, plural(stats.Live, "cube"), stats.Awake, dev.Info.Name)
	return err
}

// defaultName is where a picture goes that nobody named: no file that is there is lost to it.
func defaultName(stdout io.Writer) (string, error) {
	path, err := freeName(defaultPicture)
	if err == nil {
		err = wholefile.Check(path)
	}
	if err != nil {
		return "", usagef("%w: run it in a folder that is yours", err)
	}
	if path != defaultPicture {
		fmt.Fprintf(stdout, "%s is there already: the picture goes to %s\n", defaultPicture, path)
	}
	return path, nil
}
