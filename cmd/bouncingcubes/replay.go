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

// openReplay opens the recording that the options name, for c. One that cannot be shown is a fault of the command line;
// one that ends too early is shown, with a word about it.
func openReplay(o options.Options, c *demo.Config) (*os.File, error) {
	bad := func(err error) error { return options.Usagef("-replay %s: %w", o.Replay, err) }
	switch info, err := os.Stat(o.Replay); {
	case err != nil:
		return nil, bad(errors.Unwrap(err)) // without the name, which is there already
	case !info.Mode().IsRegular(): // opening a pipe would wait for whoever writes to it
		return nil, bad(errors.New("not a file: save the recording to one first"))
	}
	file, err := os.Open(o.Replay)
	if err != nil {
		return nil, bad(errors.Unwrap(err))
	}
	if c.Replay, err = readReplay(file); err != nil {
		file.Close()
		return nil, bad(err)
	}
	if c.Replay.Cut() {
		c.Warn(fmt.Errorf("%s was cut off: it plays for %v, to its last whole part", o.Replay, c.Replay.Duration().Round(time.Millisecond)))
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
		return nil, fmt.Errorf("a recording of slots of %s, which this program cannot draw: it draws the instances of package render", layout)
	}
	return rec, nil
}

// seconds is a time, or the longest there is.
func seconds(s float64) time.Duration {
	return time.Duration(min(s*float64(time.Second), math.MaxInt64/2))
}
