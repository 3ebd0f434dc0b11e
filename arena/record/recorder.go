package record

import (
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
)

// Config configures a Recorder. The zero value is ready for use.
type Config struct {
	// Metadata describes the recording to the program that plays it, which reads it with
	// Recording.Metadata: keys and values in UTF-8, at most a mebibyte in all.
	Metadata map[string]string

	// Keyframe is the longest time from one key frame to the next, 5 s if 0. A Seek reads
	// at most that much of the file.
	Keyframe time.Duration

	// Chunk is the longest time that is lost if the process is killed, 500 ms if 0. Longer
	// chunks compress better.
	Chunk time.Duration

	// Clock returns the time of a frame on a clock of yours, for example the time of the
	// simulation; nil for the real time since NewRecorder. Append calls it. If the clock
	// goes back, frames keep its latest time until it has passed that again; Stats.Late
	// counts them. If the clock panics, the next Append or Close records what this Append was to record.
	Clock func() time.Duration
}

func (cfg Config) withDefaults() Config {
	if cfg.Keyframe == 0 {
		cfg.Keyframe = 5 * time.Second
	}
	if cfg.Chunk == 0 {
		cfg.Chunk = time.Second / 2
	}
	if cfg.Clock == nil {
		start := time.Now()
		cfg.Clock = func() time.Duration { return time.Since(start) }
	}
	return cfg
}

func (cfg Config) check() error {
	switch {
	case cfg.Keyframe < 0:
		return fmt.Errorf("cfg.Keyframe is %v: use a positive time, or 0 for 5s", cfg.Keyframe)
	case cfg.Chunk < 0:
		return fmt.Errorf("cfg.Chunk is %v: use a positive time, or 0 for 500ms", cfg.Chunk)
	}
	return nil
}

// A Recorder writes what an arena shows to a file. It follows the arena: an Append records
// what every Descend since the last Append has found, no matter which part of the program
// called Descend.
//
// Append, Wait and Close are for the reader's goroutine, the one that calls Descend. A
// goroutine of the Recorder packs and writes.
type Recorder[T any] struct {
	arena   *arena.Arena[T]
	backlog *arena.Backlog // what the file does not have
	clock   func() time.Duration
	latest  time.Duration // that clock has returned
	owes    bool          // the last Append handed over nothing: there was no room, or the clock panicked
	closed  bool
	meta    map[string]string // of the frames from now on
	news    bool              // no job has meta yet
	own     int               // bytes of a metadata record that are not the user's

	keyframe time.Duration
	begun    bool          // there is a key frame
	keyed    time.Duration // the time of the last key frame
	since    int           // slots in the frames after it
	top      int           // one past the highest slot in any frame

	jobs, free chan *job
	writing    sync.WaitGroup
	failure    atomic.Pointer[error] // of the writing goroutine

	conflated, late, frames, chunks, bytes atomic.Int64
}

// A job is a frame on its way to the file.
type job struct {
	time      time.Duration
	key       bool
	ticks     []arena.GroupTick // of a key frame: all
	highWater int
	ranges    []arena.Range
	slots     []byte            // the slots of ranges, one after the other
	meta      map[string]string // that changes with the frame; nil: it does not change
}

// waiting is how many frames wait for the disk.
const waiting = 2

// Stats counts what a Recorder has done so far.
type Stats struct {
	Frames    int   // frames written
	Chunks    int   // whole chunks in the file: they play even if the process is killed now
	Conflated int   // times that Append found the disk busy: a later frame has these changes too
	Late      int   // times that Append found the clock behind an earlier frame, whose time it took
	Bytes     int64 // bytes written to the file
}

// NewRecorder begins a recording of a in w. Its first frame holds everything that a shows.
// The caller closes w after the Recorder.
//
// A slot may have at most 262,140 bytes, and all slots together a gibibyte. Append returns
// an error if the arena grows beyond that.
func NewRecorder[T any](w io.Writer, a *arena.Arena[T], cfg Config) (*Recorder[T], error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("record: begin: %w", err)
	}
	cfg = cfg.withDefaults()
	r := &Recorder[T]{
		arena: a, clock: cfg.Clock, latest: math.MinInt64, keyframe: cfg.Keyframe,
		jobs: make(chan *job, waiting), free: make(chan *job, waiting),
	}
	for range waiting {
		r.free <- new(job)
	}
	f, err := newFile(&counter{w, &r.bytes}, int(unsafe.Sizeof(*new(T))), arena.Layout[T](), reflect.TypeFor[T]().String(), cfg)
	if err != nil {
		return nil, fmt.Errorf("record: begin: %w", err)
	}
	r.meta, r.own = maps.Clone(cfg.Metadata), metadataBytes(f.own, "")
	r.backlog = a.Follow()
	r.writing.Go(func() { r.write(f) })
	return r, nil
}

// counter counts the bytes that are written, and turns a short write into an error.
type counter struct {
	io.Writer
	n *atomic.Int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n.Add(int64(n))
	if n < len(b) && err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}

// SetMetadata replaces Config.Metadata from the next frame on: the program that plays the
// recording finds both by Recording.Descriptions. Call it when what the metadata says has
// changed, before the Append that records the change. It does not wait for the file. An
// error says that the metadata is too large or not UTF-8, and the old one stays. Open takes
// the first 16 MiB of all metadata of a file: do not put there what changes all the time.
// SetMetadata is for the reader's goroutine. A Recorder that was closed returns ErrClosed.
func (r *Recorder[T]) SetMetadata(meta map[string]string) error {
	if r.closed {
		return ErrClosed
	}
	if err := checkMetadata("metadata", r.own, meta); err != nil {
		return fmt.Errorf("record: set: %w", err)
	}
	if !maps.Equal(meta, r.meta) {
		r.meta, r.news = maps.Clone(meta), true
	}
	return nil
}

// Append records what changed since the last Append, as the mirror shows it now. If
// nothing changed it does nothing. It copies the changed slots and does not wait for the
// file: if the disk is slow, the changes join those of a later Append or of Close.
//
// An error is the file's. It ends the recording, and each later Append returns it again.
func (r *Recorder[T]) Append() error {
	if r.closed {
		return ErrClosed
	}
	if err := r.failure.Load(); err != nil {
		return *err
	}
	if len(r.backlog.Ranges()) == 0 && len(r.backlog.Ticks()) == 0 {
		return nil
	}
	r.owes = true
	now := r.clock() // before a job is taken: clock may panic
	if now < r.latest {
		r.late.Add(1)
	}
	r.latest = max(r.latest, now)
	select {
	case j := <-r.free:
		r.hand(j)
	default:
		r.conflated.Add(1)
	}
	return nil
}

// hand fills j with what is pending, and gives it to the writing goroutine.
func (r *Recorder[T]) hand(j *job) {
	size := int(unsafe.Sizeof(*new(T)))
	mirror := arena.Bytes(r.arena.Mirror())
	j.time, j.highWater = r.latest, r.backlog.HighWater()
	if j.meta = nil; r.news {
		if j.meta, r.news = r.meta, false; j.meta == nil {
			j.meta = map[string]string{}
		}
	}
	j.ranges, j.slots = append(j.ranges[:0], r.backlog.Ranges()...), j.slots[:0]
	r.top = max(r.top, j.highWater)
	for _, g := range j.ranges {
		j.slots = append(j.slots, mirror[g.First*size:g.End()*size]...)
		r.since += g.Count
		r.top = max(r.top, g.End())
	}
	ticks := r.backlog.Ticks()
	if j.key = r.keyDue(); j.key {
		r.begun, r.keyed, r.since = true, j.time, 0
		ticks = r.allTicks()
	}
	j.ticks = append(j.ticks[:0], ticks...)
	r.backlog.Clear()
	r.owes = false
	r.jobs <- j // has room for every job
}

// keyWork is how many times all slots the frames after a key frame may hold before the next
// one is due. A Seek applies at most that much.
const keyWork = 32

func (r *Recorder[T]) keyDue() bool {
	return !r.begun || r.latest-r.keyed >= r.keyframe || r.since > keyWork*r.top
}

// allTicks returns the tick of every group that has committed.
func (r *Recorder[T]) allTicks() []arena.GroupTick {
	all := r.arena.Follow() // begins with all
	all.Stop()
	return all.Ticks()
}

// Wait returns when every frame has been handed to the file, so that the next Append has
// room. Call it before the next tick if every tick is to be in the file.
func (r *Recorder[T]) Wait() {
	var all [waiting]*job
	for i := range all {
		all[i] = <-r.free
	}
	for _, j := range all {
		r.free <- j
	}
}

// Close writes what the last Append had no room for, and the index. It returns the first
// error of the recording. A second Close returns the same. Changes that a Descend found
// after the last Append are not recorded.
func (r *Recorder[T]) Close() error {
	if !r.closed {
		r.closed = true
		if r.owes && r.failure.Load() == nil {
			if r.latest == math.MinInt64 { // the clock has only panicked
				r.latest = 0
			}
			r.hand(<-r.free)
		}
		r.backlog.Stop()
		close(r.jobs)
		r.writing.Wait()
	}
	if err := r.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// Stats returns the recorder's counters. Any goroutine may call it.
func (r *Recorder[T]) Stats() Stats {
	return Stats{
		Frames: int(r.frames.Load()), Chunks: int(r.chunks.Load()), Conflated: int(r.conflated.Load()), Late: int(r.late.Load()), Bytes: r.bytes.Load(),
	}
}

// write is the writing goroutine. After a failure it only returns jobs.
func (r *Recorder[T]) write(f *file) {
	do := func(step func() error) {
		if r.failure.Load() != nil {
			return
		}
		if err := step(); err != nil {
			err = fmt.Errorf("record: %w", err)
			r.failure.Store(&err)
		}
		r.chunks.Store(int64(f.out.Statistics.ChunkCount))
	}
	late := time.NewTicker(f.chunkTime) // ends a chunk though no frame comes
	defer late.Stop()
	for {
		select {
		case j, more := <-r.jobs:
			if !more {
				do(f.close)
				return
			}
			do(func() error {
				err := f.frame(j)
				if err == nil {
					r.frames.Add(1)
				}
				return err
			})
			r.free <- j
		case <-late.C:
			do(f.endChunk)
		}
	}
}
