//go:build !amd64 || race || purego

package wire

// leavesOut is not set: common words would be left out slower than they are copied, or
// unseen by the race detector.
const leavesOut = false

const slack = 0

type groups struct{}

func (groups) of(uint64, []byte)            {}
func (groups) compress(_, _ []byte) bool    { panic("no kernel") }
func (groups) expand(slots, src []byte) int { return 0 }
