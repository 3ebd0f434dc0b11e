// Package recording records an arena to a file that other programs can play while it grows.
package recording

import (
	"fmt"
	"io"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render/wholefile"
)

// A Recording is a file that records an arena. The file appears under its name with its first chunk. From then on it
// can be played, even if the program is killed. Until then, an older file of that name stays. A Recording belongs to
// the goroutine that descends.
type Recording[T any] struct {
	path     string
	recorder *record.Recorder[T]
	file     *wholefile.File // nil: stdout
	err      error           // the first error, which ended the recording
}

// Begin records a to path, or to stdout if path is cli.StandardOutput. clock returns the time of the state that a
// shows.
func Begin[T any](path string, stdout io.Writer, a *arena.Arena[T], metadata map[string]string, clock func() time.Duration) (*Recording[T], error) {
	r := &Recording[T]{path: path}
	to := io.Writer(named{stdout})
	if path != cli.StandardOutput {
		var err error
		if r.file, err = wholefile.Create(path); err != nil {
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

// named adds the name of stdout to its errors.
type named struct{ io.Writer }

func (n named) Write(b []byte) (int, error) {
	written, err := n.Writer.Write(b)
	if err != nil {
		err = fmt.Errorf("cannot write stdout: %w", err)
	}
	return written, err
}

// Append records what changed since the last Append. It does not wait for the file. An error ends the recording; Close
// returns it again.
func (r *Recording[T]) Append() error {
	if r.err == nil {
		r.keep(r.recorder.Append())
		r.keep(r.show())
	}
	return r.err
}

// SetMetadata replaces the metadata from the next Append on.
func (r *Recording[T]) SetMetadata(metadata map[string]string) error {
	return r.recorder.SetMetadata(metadata)
}

// keep keeps the first error.
func (r *Recording[T]) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

// show gives the file its name once it contains a chunk.
func (r *Recording[T]) show() error {
	if r.file == nil || r.recorder.Stats().Chunks == 0 {
		return nil
	}
	return r.file.Show()
}

// Wait waits until the file has room for the next Append. In lockstep no tick is left out then.
func (r *Recording[T]) Wait() { r.recorder.Wait() }

// Close completes the file, and returns the first error of the recording.
func (r *Recording[T]) Close() error {
	r.keep(r.recorder.Close())
	r.keep(r.show())
	r.keep(r.close())
	return r.err
}

// String says how much was recorded, and how much was joined with later moments.
func (r *Recording[T]) String() string {
	s := r.recorder.Stats()
	if s.Chunks == 0 {
		return r.path + ": nothing was recorded"
	}
	text := fmt.Sprintf("%s: %s, %s", r.path, words.Plural(s.Frames, "moment"), words.Bytes(s.Bytes))
	if s.Conflated > 0 {
		text += fmt.Sprintf("; %s more came while the disk was busy and are part of later moments", words.Count(s.Conflated))
	}
	if s.Late > 0 {
		text += fmt.Sprintf("; %s have the time of an earlier one, because the clock went back", words.Plural(s.Late, "moment"))
	}
	return text
}

func (r *Recording[T]) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
