// Package pattern writes transforms in a set pattern instead of simulating: exactly so many slots a tick, spread out in
// a known way, by real goroutines through Spans. It measures what streaming costs, with next to nothing beside it.
package pattern

import "fmt"

// Kind is which slots a tick touches.
type Kind int

const (
	Random Kind = iota // anywhere, each slot as likely as any other
	Stride             // evenly spaced, one place further every tick
	Run                // one block for each worker, behind the last one
)

var names = [...]string{"random", "stride", "run"}

func (k Kind) String() string { return names[k] }

// ParseKind is the inverse of String.
func ParseKind(s string) (Kind, error) {
	for k, name := range names {
		if s == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("unknown pattern %q: have %q", s, names)
}
