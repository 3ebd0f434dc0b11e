// Package pattern writes transforms in a fixed pattern instead of a simulation: a given number of slots in each tick,
// at known places, by several goroutines through Spans. So a benchmark measures streaming and hardly anything more.
package pattern

import "fmt"

// A Kind says which slots a tick writes.
type Kind int

const (
	Random Kind = iota // anywhere, all slots with the same probability
	Stride             // at equal distances, one place further in each tick
	Run                // a block for each worker, after the block of the last tick
)

var names = [...]string{"random", "stride", "run"}

func (k Kind) String() string { return names[k] }

// ParseKind returns the Kind that String names s.
func ParseKind(s string) (Kind, error) {
	for k, name := range names {
		if s == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("unknown pattern %q: want one of %q", s, names)
}
