//go:build unix

package relay

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Publish tells that the process has no file descriptor left, also if the client gets the
// last one and the server in the same process gets none.
func TestOutOfDescriptors(t *testing.T) {
	checkLeaks(t)
	s := startServer(t, &server.Options{})
	nc, err := nats.Connect(s.ClientURL(), nats.Timeout(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	set := func(l syscall.Rlimit) {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
			t.Fatal(err)
		}
	}
	defer set(limit)
	a := newArena(t)
	for free := range 2 {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		low := limit
		low.Cur = lowest(f, low.Cur, free)
		set(low)
		_, err = Publish(t.Context(), nc, "world", a, PublisherConfig{})
		set(limit)
		if checkError(t, err, "relay: publish world", "raise the limit of open files"); !errors.Is(err, syscall.EMFILE) {
			t.Errorf("%d free: %v", free, err)
		}
	}
}

// lowest closes f, which has the lowest free descriptor, and returns a limit with so many
// free ones.
func lowest[N int64 | uint64](f *os.File, _ N, free int) N {
	n := N(f.Fd()) + N(free)
	f.Close()
	return n
}
