//go:build !amd64 || race || purego

package wire

// leavesOut is not set: common words would be left out slower than they are copied, or
// unseen by the race detector.
const leavesOut = false

const slack = 0

type quads struct{}

func (quads) of(uint64, []byte)            {}
func (quads) compress(_, _ []byte) bool    { panic("no kernel") }
func (quads) expand(slots, src []byte) int { return 0 }
