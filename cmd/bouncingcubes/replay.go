//go:build cgo

package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
)

// openReplay opens the recording that the options name, and puts it into c. The error is a UsageError if the recording
// cannot be played. A recording that was cut off is played up to its end, with a warning.
func openReplay(o options.Options, c *demo.Config) (*os.File, error) {
	bad := func(err error) error { return options.Usagef("-replay %s: %w", o.Replay, err) }
	switch info, err := os.Stat(o.Replay); {
	case err != nil:
		return nil, bad(errors.Unwrap(err)) // without the path, which bad adds
	case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
		return nil, bad(errors.New("not a file: save the recording to a file first"))
	}
	file, err := os.Open(o.Replay)
	if err != nil {
		return nil, bad(errors.Unwrap(err))
	}
	if c.Replay, err = readReplay(file); err != nil {
		file.Close()
		return nil, bad(err)
	}
	if c.Replay.Truncated() {
		c.Warn(fmt.Errorf("%s was cut off: the first %v are complete and will be played", o.Replay, c.Replay.Duration().Round(time.Millisecond)))
	}
	return file, nil
}

func readReplay(file *os.File) (*record.Recording, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	rec, err := record.Open(file, info.Size())
	if err != nil {
		return nil, err
	}
	if layout := rec.Layout(); !demo.Draws(layout) {
		return nil, fmt.Errorf("the recording has slots of the layout %s: this program plays recordings of mgl32.Mat4, render.Instance, render.Motion and render.MotionInstance", layout)
	}
	return rec, nil
}

// seconds converts to a Duration. A number that is too large becomes the longest Duration.
func seconds(s float64) time.Duration {
	return time.Duration(min(s*float64(time.Second), math.MaxInt64/2))
}
