package record

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/foxglove/mcap/go/mcap"
)

// A Recording is a file that was opened for playing. Any number of Players, in any
// goroutines, may use it.
type Recording struct {
	r    io.ReaderAt
	size int64

	version   string      // of the format; empty without metadata
	described []described // ascending; the first one holds from the beginning
	slotBytes int
	layout    string
	clock     time.Duration // the recorder's time at log time 0

	chunks     []chunk // in the order of the file
	start, end uint64  // log times of the first and the last frame
	cut        bool

	// Of the summary or the walk, for Open.
	topics  map[uint16]string // of the channels that are known
	foreign bool              // there may be messages of other channels
}

// Open finds the metadata and the chunks of a recording of size bytes. It reads the index
// at the end of the file, four reads in all. If there is no index, or a damaged one, it
// walks from one record to the next, about a read a chunk. r must stay open as long as a
// Player uses the Recording.
func Open(r io.ReaderAt, size int64) (*Recording, error) {
	rec := &Recording{r: r, size: size, topics: map[uint16]string{}}
	if err := rec.checkMagic(); err != nil {
		return nil, err
	}
	indexed, err := rec.readSummary()
	if err == nil && !indexed {
		err = rec.walk()
	}
	if err == nil {
		err = rec.checkPacking()
	}
	if err != nil {
		return nil, fmt.Errorf("record: open: %w", err)
	}
	switch {
	case rec.version != "" && rec.version != version:
		return nil, fmt.Errorf("record: open: the recording has version %q of the format, and this release of slotstream reads %q: "+
			"play it with the release that wrote it, or record it again", rec.version, version)
	case rec.version == "":
		return nil, fmt.Errorf("%w: the file has no metadata of a Recorder: a tool that rewrites recordings must keep it (mcap filter --include-metadata)",
			ErrNotRecording)
	case len(rec.chunks) == 0 && rec.cut:
		return nil, fmt.Errorf("%w: the file ends before its first whole chunk", ErrNotRecording)
	}
	slices.SortStableFunc(rec.described, func(x, y described) int { return cmp.Compare(x.from, y.from) })
	rec.markKeys()
	return rec, rec.measure()
}

// A described is the user's metadata that holds from a time on.
type described struct {
	from uint64 // log time
	meta map[string]string
}

func (r *Recording) checkMagic() error {
	var head [8]byte
	if r.size < int64(len(head)) {
		return fmt.Errorf("%w: the file has only %d bytes", ErrNotRecording, r.size)
	}
	if err := r.read(head[:], 0); err != nil {
		return fmt.Errorf("record: open: %w", err)
	}
	if string(head[:]) != string(mcap.Magic) {
		return fmt.Errorf("%w: it is not an MCAP file", ErrNotRecording)
	}
	return nil
}

// read fills b from the file.
func (r *Recording) read(b []byte, at int64) error {
	if n, err := r.r.ReadAt(b, at); n < len(b) { // an io.ReaderAt may return io.EOF with the last byte
		return fmt.Errorf("read %d bytes at %d: %w", len(b), at, err)
	}
	return nil
}

// takeMetadata takes a metadata record if a Recorder wrote it.
func (r *Recording) takeMetadata(record []byte) {
	var m *mcap.Metadata
	err := guarded(func() (err error) { m, err = mcap.ParseMetadata(record); return err })
	if err != nil || m.Name != encoding || m.Metadata[sumKey] != sumOf(m.Metadata) {
		return
	}
	if v := m.Metadata[versionKey]; v != version {
		r.version = cmp.Or(r.version, v)
		return
	}
	size, err1 := strconv.Atoi(m.Metadata[sizeKey])
	clock, err2 := strconv.ParseInt(m.Metadata[clockKey], 10, 64)
	from, err3 := strconv.ParseInt(cmp.Or(m.Metadata[fromKey], m.Metadata[clockKey]), 10, 64)
	layout := m.Metadata[layoutKey]
	if err1 != nil || err2 != nil || err3 != nil || size <= 0 || from < clock {
		return
	}
	if r.version == "" {
		r.version, r.slotBytes, r.layout, r.clock = version, size, layout, time.Duration(clock)
	} else if r.version != version || r.slotBytes != size || r.layout != layout || r.clock != time.Duration(clock) { // it is of another recording
		return
	}
	d := described{from: uint64(from) - uint64(clock), meta: map[string]string{}}
	for k, v := range m.Metadata {
		if key, ok := strings.CutPrefix(k, userKey); ok {
			d.meta[key] = v
		}
	}
	r.described = append(r.described, d)
}

// takeChannel takes note of a channel record.
func (r *Recording) takeChannel(record []byte) {
	var c *mcap.Channel
	if guarded(func() (err error) { c, err = mcap.ParseChannel(record); return err }) == nil {
		r.topics[c.ID] = c.Topic
		r.foreign = r.foreign || c.Topic != keyTopic && c.Topic != deltaTopic
	}
}

// guarded turns a panic of the library, on bytes that nothing has checked, into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return f()
}

// markKeys tells for each chunk whether it has key frames, as far as indexes say it.
func (r *Recording) markKeys() {
	known := false
	for _, topic := range r.topics {
		known = known || topic == keyTopic
	}
	for i := range r.chunks {
		c := &r.chunks[i]
		if !known || c.channels == nil {
			c.keys = maybe
			continue
		}
		c.keys = no
		for _, id := range c.channels {
			if r.topics[id] == keyTopic {
				c.keys = yes
			}
		}
	}
}

// measure finds the time of the first and the last frame. In a file of a Recorder the
// chunks tell. In a file of other tools, chunks may begin and end with other messages.
func (r *Recording) measure() error {
	if len(r.chunks) == 0 {
		return nil
	}
	r.start, r.end = r.chunks[0].start, r.chunks[len(r.chunks)-1].end
	if !r.foreign && len(r.topics) == 2 {
		return nil
	}
	var u unpacker
	defer u.close()
	look := func(i int) (first, last uint64, found bool, err error) {
		records, err := u.unpack(r, i, nil)
		if errors.Is(err, ErrDamaged) { // Seek tells
			err = nil
		}
		for f, more, _ := nextFrame(records, 0); more; f, more, _ = nextFrame(records, f.next) {
			if last = f.logTime; !found {
				first, found = f.logTime, true
			}
		}
		return first, last, found, err
	}
	for i := range r.chunks {
		if first, _, found, err := look(i); err != nil {
			return fmt.Errorf("record: open: %w", err)
		} else if found {
			r.start = first
			break
		}
	}
	for i := range slices.Backward(r.chunks) {
		if _, last, found, err := look(i); err != nil {
			return fmt.Errorf("record: open: %w", err)
		} else if found {
			r.end = last
			break
		}
	}
	return nil
}

// time returns the time on the recorder's clock for a log time, which is MCAP's and never
// negative.
func (r *Recording) time(log uint64) time.Duration { return time.Duration(log + uint64(r.clock)) }

// Metadata returns the metadata that the recording began with: that of the recorder's Config,
// unless Recorder.SetMetadata replaced it before the first frame. Do not change it.
func (r *Recording) Metadata() map[string]string { return r.described[0].meta }

// A Description is metadata that holds from a moment on, up to the next Description.
type Description struct {
	From     time.Duration // counted from the first frame, as Seek takes it
	Metadata map[string]string
}

// Descriptions returns the metadata of all moments, ascending. The first one holds from 0, the
// others came by Recorder.SetMetadata. There are several only if the metadata has changed.
// Do not change the maps.
func (r *Recording) Descriptions() (all []Description) {
	for i, d := range r.described {
		if i+1 < len(r.described) && r.described[i+1].from <= r.start { // it holds no longer at the first frame
			continue
		}
		all = append(all, Description{time.Duration(max(d.from, r.start) - r.start), d.meta})
	}
	return all
}

// Layout returns the layout of the slots as arena.Layout names it: a Player needs a type of
// the same layout.
func (r *Recording) Layout() string { return r.layout }

// Start returns the time of the first frame on the recorder's clock, Config.Clock.
func (r *Recording) Start() time.Duration { return r.time(r.start) }

// Duration returns the time from the first frame to the last.
func (r *Recording) Duration() time.Duration { return time.Duration(r.end - r.start) }

// Truncated reports whether the end of the file is missing or damaged, as in a recording whose
// process was killed. Such a file plays to its last whole chunk.
func (r *Recording) Truncated() bool { return r.cut }

var le = binary.LittleEndian
