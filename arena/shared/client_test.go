//go:build linux

package shared

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A record is a slot of the tests.
type record [16]uint32

const recordLayout = "16uint32"

// A writer is a client in Go, written from the package comment.
type writer struct {
	conn   *net.UnixConn
	mem    []byte
	n      int
	seeded bool
	lives  uint64
	index  int

	middle, closed *atomic.Uint32
	ticks          [3]*[2]uint64
	news           [3][]uint64
	values         [3][]record

	back, last uint32
	set        []uint64
	stale      [3][]uint64
	noCarry    bool // a test that must fail
}

// helloOf is a hello that a host of records takes.
func helloOf(name string, slots int) hello {
	h := hello{Magic: [8]byte([]byte(magic)), Version: version, Order: byteOrder, Slots: uint64(slots), SlotBytes: 64}
	copy(h.Name[:], name)
	copy(h.Layout[:], recordLayout)
	return h
}

// join says hello and maps the block. The error has the host's reason.
func join(address string, h hello, metadata string) (*writer, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: address, Net: "unix"})
	if err != nil {
		return nil, err
	}
	h.Metadata = uint32(len(metadata))
	say, _ := binary.Append(nil, binary.NativeEndian, h)
	if _, err := conn.Write(append(say, metadata...)); err != nil {
		conn.Close()
		return nil, err
	}
	return joined(conn, int(h.Slots))
}

// joined reads the welcome.
func joined(conn *net.UnixConn, slots int) (*writer, error) {
	heard, rights := make([]byte, 256), make([]byte, 64)
	n, nr, _, _, err := conn.ReadMsgUnix(heard, rights)
	if err == nil && n < len(heard) {
		_, err = io.ReadFull(conn, heard[n:])
	}
	var a welcome
	if err == nil {
		_, err = binary.Decode(heard, binary.NativeEndian, &a)
	}
	if err == nil && a.Refused != 0 {
		err = errors.New(string(bytes.TrimRight(a.Why[:], "\x00")))
	}
	var fds []int
	if err == nil {
		var messages []unix.SocketControlMessage
		if messages, err = unix.ParseSocketControlMessage(rights[:nr]); err == nil && len(messages) == 1 {
			fds, err = unix.ParseUnixRights(&messages[0])
		}
	}
	if err == nil && len(fds) != 1 {
		err = fmt.Errorf("a welcome with %d descriptors", len(fds))
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	defer unix.Close(fds[0])
	w := &writer{conn: conn, n: slots, last: 1}
	if w.mem, err = unix.Mmap(fds[0], 0, int(a.Bytes), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		conn.Close()
		return nil, err
	}
	u64 := func(at int) uint64 { return binary.NativeEndian.Uint64(w.mem[at:]) }
	word := func(at uint64) *atomic.Uint32 { return (*atomic.Uint32)(unsafe.Pointer(&w.mem[at])) }
	words := (slots + 63) / 64
	w.seeded, w.index, w.lives = binary.NativeEndian.Uint32(w.mem[36:]) != 0, int(u64(40)), u64(80)
	w.closed, w.middle = word(256), word(u64(88))
	w.set = make([]uint64, words)
	for b := range uint64(3) {
		w.ticks[b] = (*[2]uint64)(unsafe.Pointer(&w.mem[320+64*b]))
		w.news[b] = unsafe.Slice((*uint64)(unsafe.Pointer(&w.mem[u64(48)+b*u64(56)])), words)
		w.values[b] = unsafe.Slice((*record)(unsafe.Pointer(&w.mem[u64(64)+b*u64(72)])), slots)
		w.stale[b] = make([]uint64, words)
	}
	return w, nil
}

func (w *writer) put(i int, v record) {
	w.set[i/64] |= 1 << (i % 64)
	w.values[w.back][i] = v
}

// commit is steps G1 to G4. It reports whether the host looks.
func (w *writer) commit(number uint64, time int64) bool {
	b := w.back
	carry := w.middle.Load()&4 != 0 && !w.noCarry // G1
	for k, set := range w.set {
		var carried uint64
		if carry {
			carried = w.news[w.last][k] &^ set
		}
		w.news[b][k] = set | carried // G2
		late := carried & w.stale[b][k]
		w.stale[b][k] &^= set | late
		for i := 64 * k; late != 0; i, late = i+1, late>>1 { // G3
			if late&1 != 0 {
				w.values[b][i] = w.values[w.last][i]
			}
		}
		w.stale[(b+1)%3][k] |= set
		w.stale[(b+2)%3][k] |= set
		w.set[k] = 0
	}
	*w.ticks[b] = [2]uint64{number, uint64(time)}
	w.last, w.back = b, w.middle.Swap(b|4)&3 // G4
	return w.closed.Load() == 0
}

// hosted is commit with the host's exchange.
func (w *writer) exchangeByHost(word uint32) (uint32, error) {
	if err := binary.Write(w.conn, binary.NativeEndian, message{sayExchange, word}); err != nil {
		return 0, err
	}
	var m message
	err := binary.Read(w.conn, binary.NativeEndian, &m)
	if err == nil && m.What != sayExchange {
		err = fmt.Errorf("answered %v", m)
	}
	return m.Word, err
}

func (w *writer) leave() {
	binary.Write(w.conn, binary.NativeEndian, message{sayLeave, 0})
	w.kill()
}

// kill ends without a goodbye.
func (w *writer) kill() {
	w.conn.Close()
	unix.Munmap(w.mem)
}
