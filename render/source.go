//go:build cgo

package render

import (
	"sync"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// A source is an arena with all batches on it, of any renderer: whoever descends
// hands the delta to all of them, so that two batches on one arena, or one that is
// not drawn for a while, upload what changed and no more.
type source struct {
	arena   any // *arena.Arena[T]
	descend func() arena.Delta
	batches []joiner
}

// A joiner adds a delta to what it has yet to upload.
type joiner interface{ join(arena.Delta) }

var sources struct {
	sync.Mutex
	of map[any]*source
}

// sourceOf finds the source of an arena and puts b on it.
func sourceOf[T any](a *arena.Arena[T], b joiner) *source {
	sources.Lock()
	defer sources.Unlock()
	s := sources.of[a]
	if s == nil {
		if sources.of == nil {
			sources.of = map[any]*source{}
		}
		s = &source{arena: a, descend: a.Descend}
		sources.of[a] = s
	}
	s.batches = append(s.batches, b)
	return s
}

// leave takes b off its source.
func (s *source) leave(b joiner) {
	sources.Lock()
	defer sources.Unlock()
	kept := make([]joiner, 0, len(s.batches))
	for _, other := range s.batches {
		if other != b {
			kept = append(kept, other)
		}
	}
	if s.batches = kept; len(kept) == 0 {
		delete(sources.of, s.arena)
	}
}

// update brings the mirror up to date, tells every batch, and returns how long the
// Descend took. It is the reader's.
func (s *source) update() time.Duration {
	var w stopwatch
	w.enter("descend")
	d := s.descend()
	spent := w.leave()
	sources.Lock()
	batches := s.batches // never changed in place but for appends behind its end
	sources.Unlock()
	for _, b := range batches {
		b.join(d)
	}
	return spent
}
