package shared

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"time"
)

// Config says who may write, and how much. The zero value is ready for use.
type Config[T any] struct {
	// Initial is the value of a new writer's slots until its first commit. The default is the zero T: a zero matrix
	// draws nothing.
	Initial T

	// MaxWriters is the number of names with slots, 64 if 0, and MaxSlots the number of slots of all names together,
	// the arena's Cap if 0. Vacant names count: names whose writer ended and whose slots stay. If there is no room for
	// a new writer, the name that has been vacant longest loses its slots.
	MaxWriters, MaxSlots int

	// MaxMetadata is the number of bytes of metadata that a writer may send; 65,536 if 0, which is the most.
	MaxMetadata int

	// Lease is how long the slots of a vacant name stay, for the next writer of that name; 10 minutes if 0.
	Lease time.Duration

	// Mode has the permissions of the socket: the users who may write to it may connect. 0600 if 0: this user and
	// root.
	Mode fs.FileMode

	// Allow may refuse a writer that fits, by an error, which is sent to the writer. It runs on goroutines of the
	// Listener, several at once. If nil, Mode alone decides.
	Allow func(Writer) error

	// Timeout is how long a connection may take to say hello, and how long a writer that must wait for a Descend
	// waits before it is refused; 1 s if 0.
	Timeout time.Duration
}

// fill puts the defaults in and finds what is out of range.
func (c *Config[T]) fill(slots int) error {
	c.MaxWriters = or(c.MaxWriters, 64)
	c.MaxSlots = min(or(c.MaxSlots, slots), slots)
	c.MaxMetadata = or(c.MaxMetadata, mostMetadata)
	c.Lease = or(c.Lease, 10*time.Minute)
	c.Mode = or(c.Mode, 0o600)
	c.Timeout = or(c.Timeout, time.Second)
	if c.Allow == nil {
		c.Allow = func(Writer) error { return nil }
	}
	switch {
	case c.MaxWriters < 0 || c.MaxSlots < 0:
		return fmt.Errorf("cfg.MaxWriters is %d and MaxSlots %d: use no negative numbers", c.MaxWriters, c.MaxSlots)
	case c.MaxMetadata < 0 || c.MaxMetadata > mostMetadata:
		return fmt.Errorf("cfg.MaxMetadata is %d: use 1 to %d", c.MaxMetadata, mostMetadata)
	case c.Lease < 0 || c.Timeout < 0 || c.Timeout > math.MaxInt32*time.Second:
		return fmt.Errorf("cfg.Lease is %v and cfg.Timeout %v: use no negative times, and a Timeout below %v",
			c.Lease, c.Timeout, math.MaxInt32*time.Second)
	case c.Mode&^fs.ModePerm != 0:
		return fmt.Errorf("cfg.Mode is %v: use permissions only", c.Mode)
	}
	return nil
}

func or[V comparable](v, otherwise V) V {
	if v == *new(V) {
		return otherwise
	}
	return v
}

// defaultAddress is where a host listens and a writer looks for it if neither is told.
func defaultAddress() string {
	if path := os.Getenv("SLOTSTREAM_SOCKET"); path != "" {
		return path
	}
	return or(os.Getenv("XDG_RUNTIME_DIR"), "/tmp") + "/slotstream.sock"
}
