package shared

import "fmt"

// A Writer is a process that wants to write, or writes, under a name.
type Writer struct {
	Name       string
	Slots      int
	SlotBytes  int
	Layout     string // as arena.Layout names it
	Metadata   []byte // for the host's program to read, for example the name of a mesh
	FreeOnExit bool   // its slots go back to the arena when it ends
	Seed       bool   // it begins with the values that the mirror shows

	PID, UID, GID int // of the process that connected, as the kernel says; PID is 0 if it is in another container
}

// An Event tells what happened to a writer.
type Event struct {
	Kind   Kind
	Writer Writer
	Group  uint64 // the group's number, as in Delta.Ticks; 0 for Refused
	Index  int    // the arena index of slot 0
	Err    error  // why it was Refused or Died; otherwise nil
}

// A Kind tells which kind of Event it is.
type Kind int

// A writer that Joined later either Left or Died. Slots that are Freed show the hidden value; that follows Left or Died
// at once, if the writer asked for it (Writer.FreeOnExit), or after Config.Lease.
const (
	Joined  Kind = iota // the writer has its slots and may commit
	Left                // it said goodbye; its last commit stays
	Died                // it ended without a goodbye, or broke the protocol; its last commit stays
	Freed               // its slots went back to the arena
	Refused             // it was not let in; Err says why
)

var kinds = [...]string{"joined", "left", "died", "freed", "refused"}

// String returns "joined", "left", "died", "freed" or "refused".
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kinds) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kinds[k]
}

// mostEvents are kept for a program that does not ask for them.
const mostEvents = 1024

// tell keeps e for Events. Under mu.
func (l *Listener[T]) tell(e Event) {
	if len(l.events) == mostEvents {
		l.events = append(l.events[:0], l.events[mostEvents/2:]...)
	}
	l.events = append(l.events, e)
}

// Events returns the events since the last call, in order. If there are more than 1,024, it returns at least the last
// 512. Any goroutine may call it. Call it after Descend: a group is Joined before its first tick shows.
func (l *Listener[T]) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.events
	l.events = nil
	return e
}
