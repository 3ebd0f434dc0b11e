//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/network"
	"github.com/slotstream/slotstream/cmd/internal/recording"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/slotview/internal/options"
	"github.com/slotstream/slotstream/cmd/slotview/internal/view"
)

// maxSlots bounds the memory of an arena: 16 Mi slots are a gibibyte of matrices. Slots that are not used cost nothing.
const maxSlots = 1 << 24

// open opens the recordings and connects to the server.
func open(ctx context.Context, s options.Sources, out stage.Outputs) (view.Config, func(), error) {
	c := view.Config{
		Shared: s.Shared, Address: s.Address, From: seconds(s.From), Speed: s.Speed, Loop: s.Loop,
		Follow: s.Follow, Together: s.Together, Meshes: s.Meshes, MaxSlots: maxSlots, Say: out.Say, Warn: out.Warn,
	}
	var files []*os.File
	end := func() {
		for _, f := range files {
			f.Close()
		}
		if c.NATS != nil {
			c.NATS.Close()
		}
	}
	for _, path := range s.Files {
		file, rec, err := openRecording(path)
		if err != nil {
			end()
			return c, nil, cli.Usagef("%s: %w", path, err)
		}
		files = append(files, file)
		if rec.Truncated() {
			out.Warn(fmt.Errorf("%s was cut off: the first %v are complete and will be played", path, rec.Duration().Round(time.Millisecond)))
		}
		c.Recordings = append(c.Recordings, view.Tape{File: path, Recording: rec})
	}
	if s.Server == "" {
		return c, end, nil
	}
	nc, err := network.Connect(s.Server, name)
	if err != nil {
		end()
		return c, nil, cli.UsageError{Err: err}
	}
	if c.NATS = nc; len(c.Follow) == 0 {
		if c.Follow, err = published(ctx, nc); err != nil {
			end()
			return c, nil, err
		}
	}
	return c, end, nil
}

// published returns the names of all that the server has.
func published(ctx context.Context, nc *nats.Conn) (names []string, err error) {
	found, err := relay.Find(ctx, nc)
	for _, i := range found {
		names = append(names, i.Name)
	}
	if err == nil && len(names) == 0 {
		err = errors.New("the server has no publisher: start one, or say which name to wait for, behind the server's URL")
	}
	return names, err
}

// openRecording opens a recording that can be drawn: there is a moment in it. A recording that was cut off plays up to
// its end.
func openRecording(path string) (*os.File, *record.Recording, error) {
	file, rec, err := recording.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if layout := rec.Layout(); !view.Draws(layout) {
		file.Close()
		return nil, nil, fmt.Errorf("the recording has slots of the layout %s: this program draws mgl32.Mat4, and Instance, Motion, MotionInstance, Line and Point of package render", layout)
	}
	for range rec.Frames() { // a frame, or why it cannot be read
		return file, rec, nil
	}
	file.Close()
	return nil, nil, errors.New("the recording has no moment to show: it ended before anything came")
}

// seconds converts to a Duration. A number that is too large becomes the longest Duration.
func seconds(s float64) time.Duration {
	return time.Duration(min(s*float64(time.Second), math.MaxInt64/2))
}
