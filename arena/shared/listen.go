package shared

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/slotstream/slotstream/arena"
)

// A Listener lets writers in until it is closed. Its methods may be called from any goroutine.
type Listener[T any] struct {
	arena   *arena.Arena[T]
	cfg     Config[T]
	layout  string
	address string
	socket  *net.UnixListener
	lock    *os.File
	gone    chan struct{} // closed when nothing holds the arena any more

	running sync.WaitGroup // accept, and a goroutine for each connection

	mu     sync.Mutex
	closed bool
	lobby  []*net.UnixConn // oldest first: connections that are not let in yet
	seats  map[string]*seat
	slots  int // of all seats
	events []Event
}

// mostInLobby is how many connections may be on their way in. One more, and the oldest is closed: silent connections
// never keep an honest writer out, which says hello at once.
const mostInLobby = 256

var (
	errClosed = errors.New("the host closed")
	errKicked = errors.New("the host ended it")
	errBroken = errors.New("it broke the protocol: its middle word was none that the protocol allows")
	errEnded  = errors.New("its process ended")
)

// Listen lets processes of this machine write into the arena. The address is the path of a Unix socket; "" is
// $SLOTSTREAM_SOCKET or, without it, slotstream.sock in $XDG_RUNTIME_DIR, where the clients look too. (Where neither is
// set, it is /tmp/slotstream-UID.sock.)
//
// Go on calling Descend as before: each writer is a group, and its commits show as any Group's do. Call Close when
// the program ends.
//
// Listen fails where another host listens at the address, the configuration is out of range, the layout of T has more
// than 63 bytes of text, the machine is not little-endian, or the system is not Linux. The socket of a host that was
// killed is replaced.
func Listen[T any](a *arena.Arena[T], address string, cfg Config[T]) (*Listener[T], error) {
	l := &Listener[T]{
		arena: a, cfg: cfg, layout: arena.Layout[T](), address: address,
		gone: make(chan struct{}), seats: map[string]*seat{},
	}
	err := l.listen()
	if err != nil {
		return nil, fmt.Errorf("shared: listen at %s: %w", l.address, err)
	}
	runtime.AddCleanup(a, func(gone chan struct{}) { close(gone) }, l.gone)
	l.running.Go(l.accept)
	return l, nil
}

func (l *Listener[T]) listen() (err error) {
	l.address = or(l.address, address())
	if err := l.cfg.fill(l.arena.Cap()); err != nil {
		return err
	}
	if len(l.layout) > 63 {
		return fmt.Errorf("the layout %q has %d bytes: a hello has room for 63", l.layout, len(l.layout))
	}
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return errors.New("the machine is not little-endian")
	}
	l.socket, l.lock, err = listenAt(l.address, l.cfg.Mode)
	return err
}

// Address returns the path of the socket.
func (l *Listener[T]) Address() string { return l.address }

func (l *Listener[T]) accept() {
	for {
		c, err := l.socket.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		l.mu.Lock()
		if l.closed {
			l.mu.Unlock()
			if err == nil {
				c.Close()
			}
			return
		}
		if len(l.lobby) > 0 && (err != nil || len(l.lobby) == mostInLobby) { // an error: out of descriptors
			l.lobby[0].Close()
			l.lobby = slices.Delete(l.lobby, 0, 1)
		}
		if err == nil {
			l.lobby = append(l.lobby, c)
			l.running.Go(func() { l.serve(c) })
		}
		l.mu.Unlock()
		if err != nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// leaveLobby ends c's stay in the lobby. It reports false if c was closed there.
func (l *Listener[T]) leaveLobby(c *net.UnixConn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.lobby, c)
	if i < 0 {
		return false
	}
	l.lobby = slices.Delete(l.lobby, i, i+1)
	return true
}

// Kick ends the writer of that name, as if it had died. It reports whether there was one.
func (l *Listener[T]) Kick(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.seats[name]
	if s == nil || s.end == nil {
		return false
	}
	s.end(errKicked)
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
	err := l.socket.Close()
	for _, c := range l.lobby {
		c.Close()
	}
	for _, s := range l.seats {
		if s.end != nil {
			s.end(errClosed)
		}
	}
	l.mu.Unlock()
	l.running.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.seats {
		l.vacate(s)
	}
	dropLock(l.lock)
	return err
}
