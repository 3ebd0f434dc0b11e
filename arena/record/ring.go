package record

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/foxglove/mcap/go/mcap"
)

// A Ring is a Recorder's file in memory. It keeps the newest frames and forgets the oldest,
// like a flight recorder. Give it to NewRecorder, and call Open to look back:
//
//	last := new(record.Ring)
//	r, err := record.NewRecorder(last, a, record.Config{})
//	… Append …
//	rec, err := last.Open() // the last minute, but for at most Config.Chunk
//	err = r.Close()
//	rec, err = last.Open()  // the last minute, up to the last Append
//
// The zero value is ready for use, and keeps a minute. Any goroutine may call its methods.
//
// After Close, another Recorder of the same arena may go on in the Ring. If its clock has gone
// back, if it has other Metadata or other slots, or if SetMetadata changed the metadata before,
// the Ring forgets the frames before.
//
// A Ring forgets whole stretches from one key frame to the next. So it may keep up to
// Config.Keyframe more than it has to, and it is empty for a while if the frames after one key
// frame take all its bytes.
type Ring struct {
	// head and pieces, one after the other, are a recording, since an MCAP file may end
	// behind any record:
	//
	//	Recorder's file   magic, header, schema, channels, metadata │ chunk, indexes │ chunk, indexes │ … │ summary
	//	Ring              └────────────────── head ───────────────┘   └── piece ───┘   └── piece ───┘
	//
	// Metadata that came after head stays in notes as long as it may hold for a piece, and the
	// newest in any case. In the recording, notes stand between head and pieces.
	mu        sync.Mutex
	time      time.Duration // of Limit
	most      int           // of Limit
	head      []byte
	notes     []note
	pieces    []piece
	size      int      // bytes of all pieces and notes
	rest      []byte   // of what was written: the beginning of a record
	opens     []byte   // the head of the Recorder that writes now
	begun     bool     // it has written a chunk
	described bool     // opens has metadata
	noted     [][]byte // metadata for the next chunk
}

// A note is a metadata record that came after head.
type note struct {
	bytes []byte
	start uint64 // of the chunk with the first frame for which it holds
}

// A piece is a chunk of a file, and the indexes of its messages.
type piece struct {
	bytes      []byte
	start, end uint64 // log times
	key        bool   // it begins with a key frame
}

// Limit sets how long frames are kept, a minute if 0, and how many bytes all of them may have
// in their compressed form, 256 MiB if 0.
func (r *Ring) Limit(length time.Duration, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.time, r.most = length, bytes; len(r.pieces) > 0 {
		r.forget()
	}
}

// Write takes the next bytes of a Recorder's file. It always succeeds.
func (r *Ring) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rest = append(r.rest, b...)
	at := 0
	for n := r.take(r.rest); n > 0; n = r.take(r.rest[at:]) {
		at += n
	}
	if at > 0 {
		r.rest = append(r.rest[:0], r.rest[at:]...)
	}
	return len(b), nil
}

// take takes the first record of b. It returns the length of the record, or 0 if its end has
// not come yet.
func (r *Ring) take(b []byte) int {
	if bytes.HasPrefix(b, mcap.Magic) {
		r.opens, r.begun, r.described, r.noted = append(r.opens[:0], mcap.Magic...), false, false, nil
		return len(mcap.Magic)
	}
	if len(b) < recordHead || le.Uint64(b[1:]) > uint64(len(b)-recordHead) {
		return 0
	}
	n := recordHead + int(le.Uint64(b[1:]))
	switch body, kind := b[recordHead:n], mcap.OpCode(b[0]); kind {
	case mcap.OpMetadata:
		if r.described {
			r.noted = append(r.noted, bytes.Clone(b[:n]))
			break
		}
		r.described = true
		fallthrough
	case mcap.OpHeader, mcap.OpSchema, mcap.OpChannel:
		if !r.begun { // otherwise it is of the summary
			r.opens = append(r.opens, b[:n]...)
		}
	case mcap.OpChunk:
		p := piece{bytes: bytes.Clone(b[:n]), start: le.Uint64(body), end: le.Uint64(body[8:])}
		if last := len(r.pieces) - 1; !r.begun && (!bytes.Equal(r.head, r.opens) || len(r.notes) > 0 || last >= 0 && p.start < r.pieces[last].end) {
			r.head, r.notes, r.pieces, r.size = bytes.Clone(r.opens), nil, nil, 0
		}
		r.begun = true
		for _, record := range r.noted {
			r.notes, r.size = append(r.notes, note{record, p.start}), r.size+len(record)
		}
		r.noted = nil
		r.pieces, r.size = append(r.pieces, p), r.size+n
	case mcap.OpMessageIndex: // of a chunk; none is empty
		if len(r.pieces) == 0 { // the chunk is forgotten
			break
		}
		last := &r.pieces[len(r.pieces)-1]
		last.bytes, last.key = append(last.bytes, b[:n]...), last.key || le.Uint16(body) == keyChannel
		r.size += n
		r.forget()
	}
	return n
}

// forget forgets what is too old or too much.
func (r *Ring) forget() {
	maxTime, maxBytes := cmp.Or(r.time, time.Minute), cmp.Or(r.most, 256<<20)
	end := r.pieces[len(r.pieces)-1].end
	for len(r.pieces) > 0 {
		next := 1 + slices.IndexFunc(r.pieces[1:], func(p piece) bool { return p.key })
		if r.size <= maxBytes && (next == 0 || end-r.pieces[next].start < uint64(maxTime)) {
			return
		}
		if next == 0 {
			next = len(r.pieces)
		}
		for _, p := range r.pieces[:next] {
			r.size -= len(p.bytes)
		}
		r.pieces = slices.Delete(r.pieces, 0, next)
		for len(r.notes) > 1 && (len(r.pieces) == 0 || r.notes[1].start < r.pieces[0].start) {
			r.size -= len(r.notes[0].bytes)
			r.notes = slices.Delete(r.notes, 0, 1)
		}
	}
}

// Duration returns the time from the first frame to the last one that Open would return.
func (r *Ring) Duration() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.kept()
	if len(kept) == 0 {
		return 0
	}
	return time.Duration(kept[len(kept)-1].end - kept[0].start)
}

// kept returns the pieces that can be played: those from a key frame on.
func (r *Ring) kept() []piece {
	if first := slices.IndexFunc(r.pieces, func(p piece) bool { return p.key }); first >= 0 {
		return r.pieces[first:]
	}
	return nil
}

// Open returns what the Ring keeps now as a recording. Later writes do not change the
// recording, and the memory of its frames stays until both have forgotten it. The error wraps
// ErrNotRecording if the Ring has no frame.
func (r *Ring) Open() (*Recording, error) {
	r.mu.Lock()
	f := &fragments{{bytes: r.head}}
	for _, n := range r.notes {
		f.add(n.bytes)
	}
	for _, p := range r.kept() {
		f.add(p.bytes)
	}
	r.mu.Unlock()
	rec, err := Open(f, f.size())
	if err == nil {
		rec.cut = false // it ends where it should
	}
	return rec, err
}

// fragments are a file that lies in memory in several slices.
type fragments []fragment

type fragment struct {
	at    int64
	bytes []byte
}

func (f *fragments) add(b []byte) { *f = append(*f, fragment{f.size(), b}) }

func (f *fragments) size() int64 {
	last := (*f)[len(*f)-1]
	return last.at + int64(len(last.bytes))
}

// ReadAt reads as an io.ReaderAt does.
func (f *fragments) ReadAt(b []byte, at int64) (n int, err error) {
	all := *f
	i := sort.Search(len(all), func(i int) bool { return all[i].at > at }) - 1
	for ; n < len(b) && i < len(all); i++ {
		n += copy(b[n:], all[i].bytes[at+int64(n)-all[i].at:])
	}
	if n < len(b) {
		err = io.EOF
	}
	return n, err
}
