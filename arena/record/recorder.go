package record

import (
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
)

// ErrClosed is the error of Append and Seek after Close.
var ErrClosed = errors.New("record: closed")

// Config says how to record. The zero value is ready for use.
type Config struct {
	Metadata map[string]string // text that goes into the file for the program that plays it; nil: none
	Keyframe time.Duration     // longest time from one key frame to the next; 5 s if 0
	Chunk    time.Duration     // longest time that a killed process loses; half a second if 0

	// Clock returns the time of a frame; nil for the real time since NewRecorder. Append
	// calls it. A frame is never earlier than the one before: while the clock goes back,
	// frames have the latest time that the clock told. A clock that panics does no harm:
	// the next Append has what this one was to record.
	Clock func() time.Duration
}

// A Recorder writes what an arena shows into a file. It follows the arena: each Append
// records what Descends have found since the one before, no matter who called Descend.
//
// Append, Wait and Close are for the reader's goroutine, the one that calls Descend. A
// goroutine of the Recorder's own packs and writes, so no call but Wait and Close waits
// for the file.
type Recorder[T any] struct {
	arena   *arena.Arena[T]
	backlog *arena.Backlog // what the file does not have
	clock   func() time.Duration
	latest  time.Duration // that clock has told
	owes    bool          // an Append has handed over nothing, for want of room or by the clock's panic
	closed  bool

	keyframe time.Duration // longest time from one key frame to the next
	begun    bool          // there is a key frame
	keyed    time.Duration // of the last key frame
	since    int           // slots in the frames after it
	top      int           // slots that there ever were

	jobs, free chan *job
	writing    sync.WaitGroup
	failure    atomic.Pointer[error] // of the writing goroutine

	conflated, frames, chunks, bytes atomic.Int64
}

// job is a frame on its way to the file.
type job struct {
	time      time.Duration
	key       bool // a key frame, which names all groups and all slots
	ticks     []arena.GroupTick
	highWater int
	ranges    []arena.Range
	slots     []byte // of ranges, one after the other
}

const waiting = 2 // frames that wait for the disk

// Stats counts what a recorder has done.
type Stats struct {
	Frames    int // written
	Chunks    int // whole in the file: what plays if the process is killed now
	Conflated int // joined with a later one, because the disk was busy
	Bytes     int // of the file
}

// NewRecorder begins a recording of a in w, with everything that a shows. It does not
// close w.
//
// A slot may have 262,140 bytes, Metadata a mebibyte, and all slots together a gibibyte;
// a larger arena ends the recording with Append's error.
func NewRecorder[T any](w io.Writer, a *arena.Arena[T], cfg Config) (*Recorder[T], error) {
	if cfg.Keyframe < 0 || cfg.Chunk < 0 {
		return nil, fmt.Errorf("record: begin the file: a key frame every %v and a chunk every %v: want 0 or more", cfg.Keyframe, cfg.Chunk)
	}
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
	r := &Recorder[T]{arena: a, clock: cfg.Clock, latest: math.MinInt64, keyframe: cfg.Keyframe, jobs: make(chan *job, waiting), free: make(chan *job, waiting)}
	for range waiting {
		r.free <- new(job)
	}
	f, err := newFile(&counter{w, &r.bytes}, int(unsafe.Sizeof(*new(T))), arena.Layout[T](), reflect.TypeFor[T]().String(), cfg)
	if err != nil {
		return nil, err
	}
	r.backlog = a.Follow()
	r.writing.Go(func() { r.write(f) })
	return r, nil
}

type counter struct {
	io.Writer
	n *atomic.Int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n.Add(int64(n))
	if n < len(b) && err == nil { // nobody behind this looks at n
		err = io.ErrShortWrite
	}
	return n, err
}

// Append records what changed since the last Append, as the mirror shows it now. It never
// waits for the file: while the disk is slow, changes join and go with a later Append or
// with Close. An error is the file's and ends the recording.
func (r *Recorder[T]) Append() error {
	if r.closed {
		return ErrClosed
	}
	if err := r.failure.Load(); err != nil {
		return *err
	}
	if !r.pending() {
		return nil
	}
	r.owes = true
	now := r.clock() // may panic: nothing is taken yet
	r.latest = max(r.latest, now)
	select {
	case j := <-r.free:
		r.hand(j)
	default:
		r.conflated.Add(1)
	}
	return nil
}

func (r *Recorder[T]) pending() bool {
	return len(r.backlog.Ranges()) > 0 || len(r.backlog.Ticks()) > 0
}

// hand copies what is pending, and gives it to the writing goroutine.
func (r *Recorder[T]) hand(j *job) {
	size := int(unsafe.Sizeof(*new(T)))
	mirror := arena.Bytes(r.arena.Mirror())
	j.time, j.highWater = r.latest, r.backlog.HighWater()
	j.ranges = append(j.ranges[:0], r.backlog.Ranges()...)
	j.slots = j.slots[:0]
	top := max(r.top, j.highWater)
	for _, g := range j.ranges {
		j.slots = append(j.slots, mirror[g.First*size:g.End()*size]...)
		r.since += g.Count
		top = max(top, g.End())
	}
	j.key = !r.begun || j.time-r.keyed >= r.keyframe || r.since > keyWork*top
	r.begun, r.top = true, top
	ticks := r.backlog.Ticks()
	if j.key {
		r.keyed, r.since = j.time, 0
		ticks = r.shown()
	}
	j.ticks = append(j.ticks[:0], ticks...)
	r.backlog.Clear()
	r.owes = false
	r.jobs <- j // has room for every job that there is
}

// shown returns the tick of every group that the arena shows.
func (r *Recorder[T]) shown() []arena.GroupTick {
	all := r.arena.Follow() // which begins with all
	all.Stop()
	return all.Ticks()
}

// Wait returns once everything that Append took is on its way to the file, so that the
// next Append joins nothing. A simulation in lockstep calls it to have every tick in the
// file.
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
// error of the recording, the second time as well. What a Descend found after the last
// Append is not recorded.
func (r *Recorder[T]) Close() error {
	if !r.closed {
		r.closed = true
		if r.owes && r.failure.Load() == nil {
			if r.latest == math.MinInt64 { // a clock that has only panicked
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

// Stats counts what the recorder has done so far. Any goroutine may call it.
func (r *Recorder[T]) Stats() Stats {
	return Stats{
		Frames: int(r.frames.Load()), Chunks: int(r.chunks.Load()), Conflated: int(r.conflated.Load()), Bytes: int(r.bytes.Load()),
	}
}

// write is the writing goroutine.
func (r *Recorder[T]) write(f *file) {
	fail := func(err error) {
		if err != nil && r.failure.Load() == nil {
			r.failure.Store(&err)
		}
	}
	late := time.NewTicker(f.options.Chunk)
	defer late.Stop()
	for {
		select {
		case j, more := <-r.jobs:
			if !more {
				if r.failure.Load() == nil {
					fail(f.close())
					r.chunks.Store(int64(f.out.Statistics.ChunkCount))
				}
				return
			}
			if r.failure.Load() == nil {
				fail(f.frame(j))
				r.frames.Add(1)
				r.chunks.Store(int64(f.out.Statistics.ChunkCount))
			}
			r.free <- j
		case <-late.C: // nothing may come for long
			if r.failure.Load() == nil {
				fail(f.endChunk())
				r.chunks.Store(int64(f.out.Statistics.ChunkCount))
			}
		}
	}
}
