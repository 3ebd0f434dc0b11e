package shared

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// A door is the socket at an address. All Listeners of this process at the address share it: a writer comes to the
// Listener that has slots of the writer's layout.
//
// Invariant: a door is open as long as it has rooms; then the process has the lock of the address.
type door struct {
	address  string
	socket   *net.UnixListener
	lock     *os.File
	patience time.Duration  // of the first Listener: for a hello
	running  sync.WaitGroup // accept, and the connections that have no room yet

	mu    sync.Mutex
	lobby []*net.UnixConn // oldest first: connections that are not let in yet
	rooms []room
}

// A room is a Listener of any type of slots.
type room interface {
	enters(d *door) // before the first writer comes
	slots() (bytes int, layout string)
	serve(c *net.UnixConn, w Writer) // on a goroutine that the room waits for as it closes
	refused(w Writer, why error)
}

// doors are the open ones, by address.
var doors = struct {
	sync.Mutex
	open map[string]*door
}{open: map[string]*door{}}

// mostInLobby is how many connections may be on their way in. One more, and the oldest is closed: silent connections
// never keep an honest writer out, which says hello at once.
const mostInLobby = 256

// enter puts r behind the door at the address, which it opens if need be.
func enter(address string, mode os.FileMode, patience time.Duration, r room) error {
	doors.Lock()
	defer doors.Unlock()
	d := doors.open[address]
	if d == nil {
		socket, lock, err := listenAt(address, mode)
		if err != nil {
			return err
		}
		d = &door{address: address, socket: socket, lock: lock, patience: patience, rooms: []room{r}}
		doors.open[address] = d
		r.enters(d)
		d.running.Go(d.accept)
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, layout := r.slots()
	for _, other := range d.rooms {
		if _, taken := other.slots(); taken == layout {
			return fmt.Errorf("this process listens there already for slots of the layout %q", layout)
		}
	}
	r.enters(d)
	d.rooms = append(d.rooms, r)
	return nil
}

// leave takes r away from the door, and closes the door behind the last room.
func (d *door) leave(r room) error {
	doors.Lock()
	defer doors.Unlock()
	d.mu.Lock()
	d.rooms = slices.DeleteFunc(d.rooms, func(other room) bool { return other == r })
	if len(d.rooms) > 0 {
		d.mu.Unlock()
		return nil
	}
	err := d.socket.Close()
	for _, c := range d.lobby {
		c.Close()
	}
	d.mu.Unlock()
	d.running.Wait()
	dropLock(d.lock)
	delete(doors.open, d.address)
	return err
}

func (d *door) accept() {
	for {
		c, err := d.socket.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		d.mu.Lock()
		if len(d.lobby) > 0 && (err != nil || len(d.lobby) == mostInLobby) { // an error: out of descriptors
			d.lobby[0].Close()
			d.lobby = slices.Delete(d.lobby, 0, 1)
		}
		if err == nil {
			d.lobby = append(d.lobby, c)
			if len(d.rooms) == 0 {
				c.Close() // the door closes at this moment
			}
			d.running.Go(func() { d.greet(c) })
		}
		d.mu.Unlock()
		if err != nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// leaveLobby ends c's stay in the lobby. It reports false if c was closed there.
func (d *door) leaveLobby(c *net.UnixConn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.lobby, c)
	if i < 0 {
		return false
	}
	d.lobby = slices.Delete(d.lobby, i, i+1)
	return true
}

// greet finds out which process connected, and what it wants, and leads it to its room.
func (d *door) greet(c *net.UnixConn) {
	c.SetDeadline(time.Now().Add(d.patience))
	w, err := readHello(c)
	if err == nil {
		err = credentials(c, &w)
	}
	d.mu.Lock()
	rooms := slices.Clone(d.rooms)
	d.mu.Unlock()
	var have []string
	for _, r := range rooms {
		bytes, layout := r.slots()
		if err == nil && w.SlotBytes == bytes && w.Layout == layout {
			r.serve(c, w)
			return
		}
		have = append(have, fmt.Sprintf("%d bytes, %q", bytes, layout))
	}
	if err == nil {
		err = fmt.Errorf("slots of %d bytes, %q: the host's have %s", w.SlotBytes, w.Layout, strings.Join(have, ", or "))
	}
	d.turnAway(c, w, err)
	for _, r := range rooms {
		r.refused(w, err)
	}
}

// turnAway tells the writer why it is not let in.
func (d *door) turnAway(c *net.UnixConn, w Writer, why error) {
	d.leaveLobby(c)
	c.SetDeadline(time.Now().Add(d.patience)) // for a writer that does not read
	c.Write(answer(0, why))
	c.Close()
}
