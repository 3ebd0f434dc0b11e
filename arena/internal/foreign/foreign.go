// Package foreign connects package arena with package arena/shared: it describes a group whose
// buffers lie in memory that another process writes.
//
// Package arena implements Group and sets New. Package arena/shared makes the memory and lets the
// processes in. Neither needs an exported name in package arena for that.
package foreign

import (
	"sync/atomic"
	"unsafe"
)

// A Block is the memory of one writer: three buffers, and the middle word that writer and reader
// exchange, as arena's package comment draws it for a Group. A writer that comes later gets
// another Block. So a writer that was given up, and wakes up late, writes where no Descend looks.
//
// The writer may stop at any instruction, may be wrong, and may be hostile. The reader therefore reads
// each word of Ticks and News once, and trusts none: with any contents of a Block, a Descend ends, and
// changes the group's own slots only.
type Block struct {
	Middle *atomic.Uint32       // the index of the middle buffer; plus 4 while no Descend has taken it
	Ticks  [3]*[2]atomic.Uint64 // number and time
	News   [3][]uint64          // a bit a slot; bits past the last slot mean nothing
	Values [3]unsafe.Pointer    // slots × size bytes each, from a cache line on

	// Seed has the Descend that attaches the block fill buffer 0 with the values that the mirror shows.
	Seed bool

	// Attached is closed once Descends look at the block. The block before it is detached by then.
	Attached chan struct{}

	// Detached is closed once no Descend looks at the block any more: its memory may go.
	Detached chan struct{}

	// Broken says that the block was detached because its middle word was none that the protocol
	// allows. It is valid after Detached.
	Broken bool

	// Ended is Group.Detach's.
	Ended atomic.Bool
}

// A Group is a group of one span that another process commits to. Attach, Withdraw, Detach and
// Free are for one goroutine at a time; no method waits for a Descend.
type Group interface {
	// Index returns the arena index of slot 0, and Number the group's number in Delta.Ticks.
	Index() int
	Number() uint64

	// Attach has the next Descend show the last commit of the block before b, then attach b, and
	// show what was committed to b already. It reports false while an earlier block still waits
	// for a Descend.
	Attach(b *Block) bool

	// Withdraw takes back a block that still waits for a Descend, and reports whether it did. If
	// not, b.Attached is closed, or closes soon.
	Withdraw(b *Block) bool

	// Detach has the next Descend show the last commit of b, and then look at it no more.
	Detach(b *Block)

	// Free hides the slots and gives their indices back at once. The next Descend detaches the
	// group's block.
	Free()
}

// New allocates a group of slots in an *arena.Arena. The slots show *initial until the first
// commit. Its error is AllocSpan's.
var New func(arena any, slots int, initial unsafe.Pointer) (Group, error)
