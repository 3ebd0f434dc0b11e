package shared

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
)

// A Listener lets writers in until it is closed. It comes from Listen. Any goroutine may call its methods.
type Listener[T any] struct {
	arena  *arena.Arena[T]
	cfg    Config[T]
	layout string
	door   *door
	gone   chan struct{} // closed when nothing holds the arena any more

	running sync.WaitGroup // a goroutine for each writer

	mu     sync.Mutex
	closed bool
	seats  map[string]*seat
	booked int // slots of all seats
	events []Event
}

var (
	errClosed       = errors.New("the host closed")
	errDisconnected = errors.New("the host ended it by Disconnect")
	errBroken       = errors.New("it broke the protocol: its middle word had a value that the protocol does not allow")
	errEnded        = errors.New("its process ended")
)

// Listen lets processes of this machine write into the arena. The address is the path of a Unix socket. "" stands for
// $SLOTSTREAM_SOCKET or, without it, for slotstream.sock in $XDG_RUNTIME_DIR, or in /tmp. Clients without an address
// look for a host there, too.
//
// Go on calling Descend as before: each writer is a group, and its commits show as any Group's do. Call Close when
// the program ends. A program that shows slots of several types calls Listen for each, at the same address.
//
// Listen fails if another host listens at the address, a number of cfg is out of range, the text of T's layout has
// more than 63 bytes, the machine is not little-endian, or the system is not Linux. Listen replaces the socket of a
// host that was killed.
func Listen[T any](a *arena.Arena[T], address string, cfg Config[T]) (*Listener[T], error) {
	address = or(address, defaultAddress())
	l := &Listener[T]{arena: a, cfg: cfg, layout: arena.Layout[T](), gone: make(chan struct{}), seats: map[string]*seat{}}
	if err := l.listen(address); err != nil {
		return nil, fmt.Errorf("shared: listen at %s: %w", address, err)
	}
	runtime.AddCleanup(a, func(gone chan struct{}) { close(gone) }, l.gone)
	return l, nil
}

func (l *Listener[T]) listen(address string) (err error) {
	if err := l.cfg.fill(l.arena.Cap()); err != nil {
		return err
	}
	if len(l.layout) > 63 {
		return fmt.Errorf("the layout %q has %d bytes: a hello has room for 63", l.layout, len(l.layout))
	}
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return errors.New("the machine is not little-endian")
	}
	return enter(address, l.cfg.Mode, l.cfg.Timeout, l)
}

func (l *Listener[T]) enters(d *door) { l.door = d }

// Address returns the path of the socket.
func (l *Listener[T]) Address() string { return l.door.address }

func (l *Listener[T]) slots() (int, string) { return int(unsafe.Sizeof(*new(T))), l.layout }

// Disconnect ends the writer of that name, as if it had died. It reports whether there was one.
func (l *Listener[T]) Disconnect(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.seats[name]
	if s == nil || s.end == nil {
		return false
	}
	s.end(errDisconnected)
	return true
}

// Close ends all writers, frees the slots of all names, and waits until both is done; a second Close does nothing. It
// does not wait for a Descend: the next one, if there is one, hides the slots and lets the writers' memory go.
func (l *Listener[T]) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	for _, s := range l.seats {
		if s.end != nil {
			s.end(errClosed)
		}
	}
	l.mu.Unlock()
	err := l.door.leave(l)
	l.running.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.seats {
		l.vacate(s)
	}
	return err
}
