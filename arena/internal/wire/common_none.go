//go:build !amd64 || race || purego

package wire

// leavesOut is false: in Go it would be slower than a copy, and the race detector does not
// see into assembly.
const leavesOut = false

const slack = 0

type quads struct{}

func (quads) of(uint64, []byte)            {}
func (quads) compress(_, _ []byte) bool    { panic("no kernel") }
func (quads) expand(slots, src []byte) int { return 0 }
