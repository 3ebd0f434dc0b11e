// Package recording keeps what an arena shows in a file while the program runs.
package recording

import (
	"fmt"
	"io"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render/wholefile"
)

// Recording is a file that is being recorded. It appears under its name with its first chunk, and plays from then on,
// whatever becomes of the program; until then, what was there before is. It belongs to the goroutine that descends.
type Recording[T any] struct {
	path     string
	recorder *record.Recorder[T]
	file     *wholefile.Growing // nil: stdout
	err      error              // the first one: the recording has ended
}

// Begin records a in path, or on stdout. clock is the time of what the arena shows.
func Begin[T any](path string, stdout io.Writer, a *arena.Arena[T], metadata map[string]string, clock func() time.Duration) (*Recording[T], error) {
	r := &Recording[T]{path: path}
	to := io.Writer(named{stdout})
	if path != options.StandardOutput {
		var err error
		if r.file, err = wholefile.Grow(path); err != nil {
			return nil, err
		}
		to = r.file
	}
	var err error
	if r.recorder, err = record.NewRecorder(to, a, record.Config{Metadata: metadata, Clock: clock}); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// named is stdout, whose errors say so.
type named struct{ io.Writer }

func (n named) Write(b []byte) (int, error) {
	written, err := n.Writer.Write(b)
	if err != nil {
		err = fmt.Errorf("cannot write stdout: %w", err)
	}
	return written, err
}

// Apply records what a Descend changed, without waiting for the file. An error ends the recording, and nothing else: it
// is Close's as well.
func (r *Recording[T]) Apply(arena.Delta) error {
	if r.err == nil {
		r.err = r.recorder.Append()
	}
	if r.err == nil {
		r.err = r.show()
	}
	return r.err
}

// show gives the file its name once there is something in it that plays.
func (r *Recording[T]) show() error {
	if r.file == nil || r.recorder.Stats().Chunks == 0 {
		return nil
	}
	return r.file.Show()
}

// Wait waits until the file has room for the next Apply, so that nothing is left out: for lockstep.
func (r *Recording[T]) Wait() { r.recorder.Wait() }

// Close ends the file, with all that was applied, and returns the first error that the recording met.
func (r *Recording[T]) Close() error {
	if err := r.recorder.Close(); r.err == nil {
		r.err = err
	}
	if err := r.show(); r.err == nil {
		r.err = err
	}
	if err := r.close(); r.err == nil {
		r.err = err
	}
	return r.err
}

// String says how much there is in the file, and what is not.
func (r *Recording[T]) String() string {
	s := r.recorder.Stats()
	if s.Chunks == 0 {
		return r.path + ": nothing was recorded"
	}
	text := fmt.Sprintf("%s: %s, %s", r.path, words.Plural(s.Frames, "moment"), words.Bytes(s.Bytes))
	if s.Conflated > 0 {
		text += fmt.Sprintf("; %s more, which came while the disk was busy, are part of the next ones", words.Count(s.Conflated))
	}
	return text
}

func (r *Recording[T]) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
