//go:build !js

package view

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/slotstream/slotstream/arena/record"
)

// Capture records what live sources show for so long on the clocks of their ticks, to files that are gone when the
// program ends. It waits for a first source; a source whose ticks stop is recorded as far as it came. The result plays
// what the sources of c are, each from its first tick on, beside the recordings of c. So a video can be drawn at exact
// times, however long a picture takes, and no tick is lost to it. Call end when it has been drawn.
func (c Config) Capture(ctx context.Context, length time.Duration) (played Config, end func(), err error) {
	live := c
	live.Recordings = nil
	source, err := live.Open(ctx, false)
	if err != nil {
		return c, nil, err
	}
	v := source.(*Viewer)
	defer v.Release()
	var takes []*take
	end = func() {
		for _, t := range takes {
			t.file.Close()
			os.Remove(t.file.Name())
		}
	}
	for news := time.Now(); ctx.Err() == nil; time.Sleep(time.Millisecond) {
		if err = v.receive(); err != nil {
			break
		}
		lacking := len(v.layers) == 0
		for i, s := range v.layers {
			if i == len(takes) {
				t := &take{}
				if t.file, err = os.CreateTemp("", "slotview-*.mcap"); err != nil {
					break
				}
				os.Remove(t.file.Name()) // where that is possible, so that nothing is left if the process is killed
				takes = append(takes, t)
			}
			s.Descend()
			if s.moved() {
				news = time.Now()
			}
			at, goes := clockOf(s, v.now)
			if t := takes[i]; t.recorder == nil && goes {
				t.began = at
				err = t.begin(s)
			} else if goes {
				t.at = at - t.began
				err = t.append()
			}
			lacking = lacking || takes[i].at < length
		}
		if err != nil || !lacking || len(takes) > 0 && time.Since(news) > stopped {
			break
		}
	}
	if err == nil && ctx.Err() != nil {
		err = errors.New("interrupted while the sources were recorded for the video: nothing was drawn")
	}
	played = c
	played.Shared, played.Follow, played.NATS = false, nil, nil
	for i, t := range takes {
		if err == nil && t.recorder != nil {
			err = t.recorder.Close()
		}
		if err != nil {
			break
		}
		if t.recorder == nil { // it never showed anything
			continue
		}
		tape := Tape{File: fmt.Sprintf("source %d", i+1), parts: v.layers[i].parted()}
		info, failed := t.file.Stat()
		if err = failed; err == nil {
			tape.Recording, err = record.Open(t.file, info.Size())
		}
		played.Recordings = append(played.Recordings, tape)
	}
	if err != nil {
		end()
		return c, nil, err
	}
	return played, end, nil
}

// stopped is how long no tick comes from a source that is taken to have stopped.
const stopped = 5 * time.Second

// A take is the recording of a stream.
type take struct {
	file     *os.File
	began    time.Duration // on the clock of the ticks
	at       time.Duration // recorded, from began on
	recorder recorder      // nil before the first tick
}

func (t *take) begin(s stream) (err error) {
	if t.recorder, err = s.tape(t.file, 0, func() time.Duration { return t.began + t.at }); err != nil {
		return err
	}
	return t.append()
}

// append records the present state, in any case.
func (t *take) append() error {
	t.recorder.Wait()
	return t.recorder.Append()
}

// clockOf returns the time of the last tick of a stream's first part that ticks. A part whose ticks have no times, or
// that has had one tick only for a second, goes by the viewer's clock, which is at now.
func clockOf(s stream, now time.Duration) (at time.Duration, goes bool) {
	for _, p := range s.parted() {
		switch {
		case p.timed:
			return p.last.Time, true
		case p.ticks > 1, !p.heard.IsZero() && time.Since(p.heard) > time.Second:
			return now, true
		}
	}
	return 0, false
}

// tape begins to record the arena. If key is not 0, there are key frames so often.
func (s *arenaOf[T]) tape(w io.Writer, key time.Duration, clock func() time.Duration) (recorder, error) {
	r, err := record.NewRecorder(w, s.Arena, record.Config{Keyframe: key, Clock: clock})
	if err != nil {
		return nil, err
	}
	return r, nil
}
