package convert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/foxglove/mcap/go/mcap"

	"github.com/slotstream/slotstream/arena/record"
)

// world is the frame of all frames.
const world = "world"

// A writer writes a scene as MCAP.
type writer struct {
	scene *scene
	rec   *record.Recording
	name  string // of the entity and its frame

	out      *mcap.Writer
	names    []string // of the topics; a channel's id is its place here, from 1 on
	sequence []uint32 // by topic
	buffer   []byte
	moments  int
	messages int
	damage   error // the first
}

func (w *writer) topics() string { return strings.Join(w.names, ", ") }

func (w *writer) write(ctx context.Context, to io.Writer) (err error) {
	if w.out, err = mcap.NewWriter(to, &mcap.WriterOptions{Chunked: true, ChunkSize: 4 << 20, Compression: mcap.CompressionZSTD, IncludeCRC: true}); err != nil {
		return err
	}
	if err := w.out.WriteHeader(&mcap.Header{Library: "slotstream"}); err != nil {
		return err
	}
	if meta := w.rec.Metadata(); len(meta) > 0 {
		if err := w.out.WriteMetadata(&mcap.Metadata{Name: "recording", Metadata: meta}); err != nil {
			return err
		}
	}
	if err := w.channels(); err != nil {
		return err
	}
	first := time.Duration(-1)
	for f, err := range w.rec.Frames() {
		switch {
		case ctx.Err() != nil:
			return errors.New("interrupted")
		case errors.Is(err, record.ErrDamaged):
			if w.damage == nil {
				w.damage = err
			}
			continue
		case err != nil:
			return err
		}
		if first < 0 {
			first = w.time(f)
			if err := w.message(1, first, transform(w.buffer[:0], first, w.name, w.scene.zUp)); err != nil {
				return err
			}
		}
		// An error that wraps ErrDamaged is about later frames: this one is sound.
		if err := w.scene.seek(f.Time); err != nil && !errors.Is(err, record.ErrDamaged) {
			return err
		}
		if err := w.moment(w.time(f)); err != nil {
			return err
		}
	}
	if first < 0 {
		if w.damage != nil {
			return w.damage
		}
		return errors.New("it has no moment to convert")
	}
	w.out.Statistics.MessageStartTime = uint64(first) // the library takes a start of 0 for none
	return w.out.Close()
}

// channels writes a schema for each kind of message, and a channel for each topic.
func (w *writer) channels() error {
	described, err := schemas()
	if err != nil {
		return err
	}
	var known []string
	add := func(topic, schema string) error {
		if !slices.Contains(known, schema) {
			known = append(known, schema)
			if err := w.out.WriteSchema(&mcap.Schema{ID: uint16(len(known)), Name: "foxglove." + schema, Encoding: "protobuf", Data: described}); err != nil {
				return err
			}
		}
		w.names, w.sequence = append(w.names, topic), append(w.sequence, 0)
		return w.out.WriteChannel(&mcap.Channel{
			ID: uint16(len(w.names)), SchemaID: uint16(slices.Index(known, schema) + 1), Topic: topic, MessageEncoding: "protobuf",
		})
	}
	if err := add("/tf", "FrameTransforms"); err != nil {
		return err
	}
	for _, c := range w.scene.channels {
		if err := add("/"+w.name+"/"+c.name, c.schema); err != nil {
			return err
		}
	}
	return nil
}

// moment writes what the scene shows, if it has changed.
func (w *writer) moment(t time.Duration) error {
	w.moments++
	if !w.scene.look() {
		return nil
	}
	for i := range w.scene.channels {
		if err := w.message(2+i, t, w.scene.append(w.buffer[:0], i, t, w.name)); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) message(topic int, t time.Duration, data []byte) error {
	w.buffer = data
	w.messages++
	w.sequence[topic-1]++
	err := w.out.WriteMessage(&mcap.Message{
		ChannelID: uint16(topic), Sequence: w.sequence[topic-1], LogTime: uint64(t), PublishTime: uint64(t), Data: data,
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", w.names[topic-1], err)
	}
	return nil
}
