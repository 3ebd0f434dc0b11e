package shared

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/foreign"
)

// A seat is a name and its slots, which writers of that name have one after the other.
//
// Invariant: the writer that takes the seat has group and lives to itself until it rises. A vacant seat has slots.
type seat struct {
	name  string
	slots int           // as the Listener counts them; under its mu
	group foreign.Group // nil without slots
	lives uint64

	// Under Listener.mu.
	writer Writer        // who has the seat, or had it
	owner  Writer        // the last one that was let in: the slots show its commits
	taken  chan struct{} // closed as the writer rises; nil if the seat is vacant
	end    func(error)   // ends the writer; nil before it is let in
	since  time.Time     // vacant since then
	lease  *time.Timer
}

// take returns the seat of w's name, which w has alone from then on. A writer that was killed a moment ago may have it
// a moment longer.
func (l *Listener[T]) take(w Writer) (*seat, error) {
	late := time.After(l.cfg.Timeout / 5)
	for {
		l.mu.Lock()
		if l.closed {
			l.mu.Unlock()
			return nil, errClosed
		}
		s := l.seats[w.Name]
		if s == nil {
			if err := l.makeRoom(func() bool { return len(l.seats) < l.cfg.MaxWriters }); err != nil {
				l.mu.Unlock()
				return nil, fmt.Errorf("there are %d writers already, and Config.MaxWriters allows no more", l.cfg.MaxWriters)
			}
			s = &seat{name: w.Name}
			l.seats[w.Name] = s
		}
		taken, by := s.taken, s.writer.PID
		if taken == nil {
			s.taken, s.writer = make(chan struct{}), w
			if s.lease != nil {
				s.lease.Stop()
			}
			l.mu.Unlock()
			return s, nil
		}
		l.mu.Unlock()
		select {
		case <-taken:
		case <-late:
			return nil, fmt.Errorf("process %d writes under the name %q: end it or choose another name", by, w.Name)
		}
	}
}

// furnish gives the seat as many slots as w wants. It reports whether the slots are the ones that were there.
func (l *Listener[T]) furnish(s *seat, w Writer) (same bool, err error) {
	if s.group != nil && s.slots == w.Slots {
		return true, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free(s)
	used := 0
	for _, other := range l.seats {
		if other.taken != nil {
			used += other.slots
		}
	}
	if w.Slots > l.cfg.MaxSlots-used {
		return false, fmt.Errorf("%d slots: %d of %d are in use", w.Slots, used, l.cfg.MaxSlots)
	}
	l.makeRoom(func() bool { return w.Slots <= l.cfg.MaxSlots-l.booked })
	if l.makeRoom(func() bool {
		s.group, err = foreign.New(l.arena, w.Slots, unsafe.Pointer(&l.cfg.Initial))
		return !errors.Is(err, arena.ErrFull)
	}); err != nil {
		s.group = nil
		return false, fmt.Errorf("%d slots: %w", w.Slots, err)
	}
	s.slots = w.Slots
	l.booked += s.slots
	return false, nil
}

// makeRoom frees vacant seats, the one that is vacant for the longest time first, until there is room. Under mu.
func (l *Listener[T]) makeRoom(enough func() bool) error {
	for !enough() {
		var oldest *seat
		for _, s := range l.seats {
			if s.taken == nil && (oldest == nil || s.since.Before(oldest.since)) {
				oldest = s
			}
		}
		if oldest == nil {
			return errors.New("full")
		}
		l.vacate(oldest)
	}
	return nil
}

// vacate takes a vacant seat away. Under mu.
func (l *Listener[T]) vacate(s *seat) {
	if s.lease != nil {
		s.lease.Stop()
	}
	l.free(s)
	delete(l.seats, s.name)
}

// free gives a seat's slots back to the arena. Under mu.
func (l *Listener[T]) free(s *seat) {
	if s.group == nil {
		return
	}
	if s.owner.Name != "" {
		l.tell(Event{Kind: Freed, Writer: s.owner, Group: s.group.Number(), Index: s.group.Index()})
	}
	s.group.Free()
	l.booked -= s.slots
	s.group, s.slots, s.owner = nil, 0, Writer{}
}

// rise leaves a seat. Its slots stay for the lease, or go at once.
func (l *Listener[T]) rise(s *seat, frees bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(s.taken)
	s.taken, s.end, s.since = nil, nil, time.Now()
	if frees || s.group == nil {
		l.vacate(s)
		return
	}
	since := s.since
	s.lease = time.AfterFunc(l.cfg.Lease, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.seats[s.name] == s && s.taken == nil && s.since.Equal(since) {
			l.vacate(s)
		}
	})
}
