package record

import (
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

// Config says how to record. The zero value is ready for use.
type Config struct {
	Metadata map[string]string // goes into the file, for whoever plays it; nil: none
	Keyframe time.Duration     // from one key frame to the next at most; 5 s if 0
	Chunk    time.Duration     // that a kill of the process may lose; half a second if 0

	// Clock is the time of a frame; where it goes back, the recording's stands. nil for real time since NewRecorder.
	Clock func() time.Duration
}

// Options is what Config was called.
//
// Deprecated: use Config.
type Options = Config

// A Recorder writes what an arena shows into a file, on a goroutine of its own. Apply and
// Close are for the goroutine that descends.
type Recorder[T any] struct {
	arena     *arena.Arena[T]
	backlog   arena.Backlog
	tick      arena.Tick
	highWater int // of the last Delta
	clock     func() time.Duration
	latest    time.Duration // that clock has said
	closed    bool

	jobs, free chan *job
	writing    sync.WaitGroup
	failure    atomic.Pointer[error] // of the writing goroutine

	conflated, frames, chunks, bytes atomic.Int64
}

// job is a frame on its way to the file.
type job struct {
	time      time.Duration
	tick      arena.Tick
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

// NewRecorder begins a recording of a in w. It does not close w. A slot may have 262,140 bytes, Metadata a mebibyte,
// and all slots that there ever are a gibibyte: beyond that, Apply's error ends the recording.
func NewRecorder[T any](w io.Writer, a *arena.Arena[T], o Config) (*Recorder[T], error) {
	if o.Keyframe < 0 || o.Chunk < 0 {
		return nil, fmt.Errorf("record: begin the file: a key frame every %v and a chunk every %v: want 0 or more", o.Keyframe, o.Chunk)
	}
	if o.Keyframe == 0 {
		o.Keyframe = 5 * time.Second
	}
	if o.Chunk == 0 {
		o.Chunk = time.Second / 2
	}
	if o.Clock == nil {
		start := time.Now()
		o.Clock = func() time.Duration { return time.Since(start) }
	}
	r := &Recorder[T]{arena: a, clock: o.Clock, latest: math.MinInt64, jobs: make(chan *job, waiting), free: make(chan *job, waiting)}
	for range waiting {
		r.free <- new(job)
	}
	f, err := newFile(&counter{w, &r.bytes}, int(unsafe.Sizeof(*new(T))), arena.Layout[T](), reflect.TypeFor[T]().String(), o)
	if err != nil {
		return nil, err
	}
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

// Apply records what d, a delta of the arena, reports, and what earlier deltas left for
// it. It never waits for the file. An error is the file's: the recording has ended.
func (r *Recorder[T]) Apply(d arena.Delta) error {
	if r.closed {
		panic("record: Apply of a recorder that was closed")
	}
	r.backlog.Join(d)
	r.highWater = d.HighWater
	if n := len(d.Ticks); n > 0 {
		r.tick = d.Ticks[n-1].To
	}
	if err := r.failure.Load(); err != nil {
		return *err
	}
	if len(r.backlog.Ranges()) == 0 {
		return nil
	}
	select {
	case j := <-r.free:
		r.hand(j)
	default:
		r.conflated.Add(1)
	}
	return nil
}

// hand copies what is pending, and gives it to the writing goroutine.
func (r *Recorder[T]) hand(j *job) {
	size := int(unsafe.Sizeof(*new(T)))
	mirror := arena.Bytes(r.arena.Mirror())
	r.latest = max(r.latest, r.clock())
	j.time, j.tick, j.highWater = r.latest, r.tick, r.highWater
	j.ranges = append(j.ranges[:0], r.backlog.Ranges()...)
	j.slots = j.slots[:0]
	for _, g := range j.ranges {
		j.slots = append(j.slots, mirror[g.First*size:g.End()*size]...)
	}
	r.backlog.Clear()
	r.jobs <- j // has room for every job that there is
}

// Wait returns once all that Apply took is on its way to the file, and nothing will be
// joined in the next Apply: for a simulation in lockstep, which has time, and every tick of
// which is to be in the file.
func (r *Recorder[T]) Wait() {
	var all [waiting]*job
	for i := range all {
		all[i] = <-r.free
	}
	for _, j := range all {
		r.free <- j
	}
}

// Close writes what is still pending and the index, and returns the first error that the
// recording met, a second time as well. Apply must not be called any more.
func (r *Recorder[T]) Close() error {
	if !r.closed {
		r.closed = true
		if len(r.backlog.Ranges()) > 0 && r.failure.Load() == nil {
			r.hand(<-r.free)
		}
		close(r.jobs)
		r.writing.Wait()
	}
	if err := r.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// Stats may be called from any goroutine.
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
