package convert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
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
	casts []cast

	out      *mcap.Writer
	names    []string // of the topics; a channel's id is its place here, from 1 on
	known    []string // the schemas; a schema's id is its place here, from 1 on
	schemas  []byte
	sequence []uint32       // by topic
	begins   map[string]int // the first topic of an actor, by its name
	zUp      map[string]bool
	actors   []*actor // that are shown
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
	for _, d := range w.rec.Descriptions() {
		if len(d.Metadata) == 0 {
			continue
		}
		if err := w.out.WriteMetadata(&mcap.Metadata{Name: "recording", Metadata: d.Metadata}); err != nil {
			return err
		}
	}
	if w.schemas, err = schemas(); err != nil {
		return err
	}
	if err := w.channel("/tf", "FrameTransforms"); err != nil {
		return err
	}
	w.begins, w.zUp = map[string]int{}, map[string]bool{}
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
		}
		// An error that wraps ErrDamaged is about later frames: this one is sound.
		if err := w.scene.seek(f.Time); err != nil && !errors.Is(err, record.ErrDamaged) {
			return err
		}
		if err := w.moment(f.Time, w.time(f)); err != nil {
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

// channel writes a channel for a topic, and its schema if no other channel has it.
func (w *writer) channel(topic, schema string) error {
	if !slices.Contains(w.known, schema) {
		w.known = append(w.known, schema)
		if err := w.out.WriteSchema(&mcap.Schema{ID: uint16(len(w.known)), Name: "foxglove." + schema, Encoding: "protobuf", Data: w.schemas}); err != nil {
			return err
		}
	}
	if len(w.names) == math.MaxUint16 {
		return fmt.Errorf("it has too many writers: a file has at most %d channels", math.MaxUint16)
	}
	w.names, w.sequence = append(w.names, topic), append(w.sequence, 0)
	return w.out.WriteChannel(&mcap.Channel{
		ID: uint16(len(w.names)), SchemaID: uint16(slices.Index(w.known, schema) + 1), Topic: topic, MessageEncoding: "protobuf",
	})
}

// moment writes what the actors show, if it has changed. at is counted from the first frame, t is on the file's clock.
func (w *writer) moment(at, t time.Duration) error {
	w.moments++
	changed := w.scene.descend()
	now := w.casts[0].actors
	for _, c := range w.casts {
		if c.from <= at {
			now = c.actors
		}
	}
	for _, a := range w.actors {
		if !slices.ContainsFunc(now, func(other *actor) bool { return other.Name == a.Name }) {
			if err := w.leave(a, t); err != nil {
				return err
			}
		}
	}
	for _, a := range now {
		enters := !slices.Contains(w.actors, a)
		if enters {
			if err := w.enter(a, t); err != nil {
				return err
			}
		}
		if !enters && !a.changes(changed) {
			continue
		}
		w.scene.look(a)
		for i := range w.scene.channels {
			if err := w.message(w.begins[a.Name]+i, t, w.scene.append(w.buffer[:0], i, t, a.Name)); err != nil {
				return err
			}
		}
	}
	w.actors = now
	return nil
}

// enter writes the channels of an actor, and where its frame is, if they are not known yet.
func (w *writer) enter(a *actor, t time.Duration) error {
	if _, known := w.begins[a.Name]; !known {
		w.begins[a.Name] = len(w.names) + 1
		for _, c := range w.scene.channels {
			if err := w.channel("/"+a.Name+"/"+c.name, c.schema); err != nil {
				return err
			}
		}
	} else if w.zUp[a.Name] == a.says.ZUp {
		return nil
	}
	w.zUp[a.Name] = a.says.ZUp
	return w.message(1, t, transform(w.buffer[:0], t, a.Name, a.says.ZUp))
}

// leave writes that an actor shows nothing any more.
func (w *writer) leave(a *actor, t time.Duration) error {
	w.scene.look(&actor{})
	for i, c := range w.scene.channels {
		b := w.scene.append(w.buffer[:0], i, t, a.Name)
		if c.schema == "SceneUpdate" {
			b = deletion(w.buffer[:0], t, a.Name)
		}
		if err := w.message(w.begins[a.Name]+i, t, b); err != nil {
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
