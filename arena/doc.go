// Package arena keeps values that many goroutines write and one goroutine reads,
// and tells the reader which of them changed since it last looked.
//
// It is made for data that is written all the time and copied to a device every
// frame: transforms, colours, instance records. Writers never wait for the
// reader, the reader never waits for a writer, and reading costs what the changed
// values cost, not what all of them would. The package is plain Go with
// assembly for amd64, and knows nothing of GPUs.
//
//	a, err := arena.New(arena.Config[Mat4]{MaxSlots: 100_000})
//	tank, err := a.AllocSpan(4096, ident)  // 4,096 slots for one goroutine: fast
//	crane, err := a.Alloc(ident)           // one slot for any number of goroutines
//
//	tank.StoreAll(mats)                    // in one goroutine
//	crane.Store(&m)                        // in others
//
//	world := a.NewGroup()                  // spans that show whole ticks
//	arm, err := world.AllocSpan(40, ident)
//	arm.StoreAll(links)                    // in any goroutines, and once they are done
//	world.Commit(arena.Tick{Number: n})    // all of it, or nothing, shows
//
//	d := a.Descend()                       // in the reader
//	for _, r := range d.Ranges {
//		upload(a.Mirror()[r.First : r.First+r.Count])
//	}
//
// # The picture
//
//	writers               shared                              reader
//	          ┌──────────────────────────────────────────┐
//	          │ dirty     0 1 0 0 0 1 …   a bit a chunk  ├─6─► which chunks to scan
//	          └────▲─────────────────────────────────────┘
//	               3 mark
//	          ┌────┴───────────── chunk ─────────────────┐
//	Store ─1─►│ versions  2 2 8 5 2 …   odd: in progress ├─7─► which slots are new
//	      ─2─►│ gens      1 1 3 1 1 …   counts occupants │
//	      ─4─►│ values    ▒ ▒ ▒ ▒ ▒ …                    ├─8─► copy ─9─► mirror, Delta
//	          └──────────────────────────────────────────┘
//
// Storage is a list of chunks, each allocated once; growing appends one and moves
// nothing. A slot has a value, a version, and a generation that counts its
// occupants; versions lie apart from values, 16 to a cache line.
//
// # The protocol
//
// Slot.Store, in any number of goroutines:
//
//  1. Read the version. If it is odd, somebody else is inside: try again.
//  2. Read the generation. If it is not the handle's, the slot has been freed:
//     report false.
//  3. Make the version odd by compare-and-swap from what 1 read; if that fails,
//     back to 1. Then set the chunk's dirty bit, unless it is set already.
//  4. Write the value.
//  5. Make the version even again, one step on.
//
// Descend, in the reader:
//
//  6. Swap each word of dirty bits for zero. In every chunk whose bit was set,
//     and in every slot that was torn last time:
//  7. Read the version. As seen before: nothing to do. Odd: torn.
//  8. Copy the value to registers and read the generation.
//  9. Read the version again. If it is the same, the value goes to the mirror and
//     the version is the one seen; else it is torn.
//
// A torn slot keeps its value in the mirror, or shows the hidden value if that
// value is of an earlier occupant, and is looked at again in the next Descend.
//
// Span.Set has its slots to itself and skips the compare-and-swap: odd, value,
// even, and the marks wait for Flush. StoreRange does so for groups of slots,
// with the versions of a group changed by one vector store. Free does 1 to 5 with
// the hidden value, and ends the generation while the version is odd.
//
// # Why it is right
//
// Nothing torn is accepted: this is a seqlock (Lameter, "Effective
// synchronization on Linux/NUMA systems", 2005; Boehm, "Can seqlocks get along
// with programming language memory models?", https://doi.org/10.1145/2247684.2247688).
// It needs stores to become visible in the order 3, 4, 5 and loads to happen in
// the order 7, 8, 9. Go's atomics, which move every word in the Go path, give
// that and more; amd64 gives it to the plain moves of the assembly path (x86-TSO,
// https://doi.org/10.1145/1785414.1785443).
//
// Nothing is lost: the swap in 3 is a full barrier between the odd version and
// the look at the dirty bit, 6 is one between clearing the bit and the look at the
// version. So either the writer finds the bit cleared, and sets it, or the reader
// finds the version odd, or later, and comes back for it. For a Span, Flush has a
// full barrier between the last version and the look at the bit.
//
// No stale write lands: the generation changes only while the version is odd, and
// the swap in 3 fails if the version has moved since 1, which was before 2. A
// stale handle thus never makes a version odd, on which the plain stores of the
// span that may have the slot by now rely.
//
// A model of the protocol, with store buffers, is checked by spin in
// arena/internal/model: every interleaving, and for every rule that a variant
// without it fails.
//
// # Which handle
//
// A [Slot] is for a value that several goroutines write, each whenever it likes.
// A [Span] is for the values of one goroutine: the fastest, and the least memory.
// Both show what is newest in each slot, so a Descend in the middle of a StoreAll
// shows a part of it. Where slots mean something together only, a robot's links or
// a world's step, a [Group] shows whole commits. It takes more than twice the memory,
// since three buffers of values go round. Where nobody knows how many slots a world
// will have, a [GroupVector] grows.
//
// For one value there is Set, of a Slot Store. Store costs most, since it may meet
// others, and shows at once. A Span's Set pays for a version of its own, and shows with
// the Flush after the last of them; a Group's pays for a bit, and shows with the Commit.
// For values that lie together already there are StoreRange and, for the whole span,
// StoreAll, near the cost of copy: a Span's flush by themselves. For values that are
// computed slot by slot, a Group's Stage lends the slots themselves: there is no copy at
// all, but each slot lent must be filled, and counts as changed. MEASURED.md beside this
// file has each beside a copy of the same bytes.
//
// # Whole ticks
//
//	 committer                    shared                      reader
//	┌───────────┐ G4 swap  ┌─────────────────┐  G7 swap  ┌────────────┐
//	│ back      │─────────►│ middle, fresh?  │◄─────────►│ front      │
//	│  values   │◄─────────│  values         │           │  values    │─G8─► mirror, Delta
//	│  news     │          │  news           │           │  news      │
//	└───────────┘          └─────────────────┘           └────────────┘
//	 │         G5 mark ───► a bit a group ─────────G6───►  which to take
//	 ├ lanes   what each handle has set since the last commit
//	 └ stale   a bit a slot and buffer: not the last value committed
//
// A Group has three buffers of its spans' values. The committer has one, the reader
// has one, and the third lies in the middle: an atomic word with its number and a
// bit, fresh, that says whether the reader has yet to take it. Whoever has a buffer
// has it alone, so values move by plain loads and stores, as fast as copy, and the
// race detector sees all of it. With a buffer go its news, a bit a slot: what the
// reader takes from it.
//
// Set writes to the back buffer, and a bit to its handle's lane. Commit, when all
// sets are done:
//
//	G1. Look whether the middle buffer, the last commit, is fresh still.
//	G2. The news of the back buffer are what the lanes have; if G1 said fresh, also
//	    the news of the last commit, which nobody has taken.
//	G3. Of those, values that are stale in this buffer are copied from the last
//	    commit's, which nobody writes until it comes back.
//	G4. Swap back for middle, with fresh set.
//	G5. Set the group's bit, unless it is set already.
//
// Descend:
//
//	G6. Before the chunks, swap each word of groups' bits for zero. For every group
//	    whose bit was set:
//	G7. If the middle is fresh, swap front for it.
//	G8. After the chunks, copy the news of what was taken to the mirror, but for
//	    spans that have been freed.
//
// Nothing is lost: G4 is a full barrier before the look in G5, G6 is one before the
// look in G7, as with chunks. A commit that was never taken is in the news of the
// next (G2): once a buffer was taken it does not come back as fresh, so a look that
// says taken stays true, and one that says fresh costs a copy at worst. Neither side
// waits or tries again: it is three buffers and one swap each, so neither starves,
// however fast the other runs.
//
// A new span's initial value lies in the chunks before any commit can have the
// span, and G8 comes after them. Free closes the span, and then hides its slots
// through the chunks: a span seen open in G8 is hidden by the next Descend.
//
// # Promises
//
//  1. Addresses are stable: growth moves nothing.
//  2. Alloc and Free take a mutex, and never block a writer or the reader.
//  3. The reader never accepts a torn value.
//  4. Descend scans the chunks that were touched, no others.
//  5. Nothing is lost: once writers have stopped and flushed, one more Descend
//     makes the mirror equal to the last values.
//  6. A new slot shows its initial value, or the hidden value where its first read
//     was torn; never zero, never the previous occupant's.
//  7. A freed slot shows the hidden value; low indices are used again first.
//  8. Stale handles are harmless; no index has two owners; an index whose
//     generations are used up is retired.
//  9. A Slot is for any number of goroutines, the last writer wins; a Span is for
//     one at a time.
//  10. A writer that is descheduled half-way delays its own slot only.
//  11. A full arena is an error, misuse is a panic with a sentence.
//  12. Store, Set, StoreAll, Flush and, once warm, Descend do not allocate.
//  13. T is any type without pointers whose size is a multiple of 4.
//  14. A Group's spans are shown as of exactly one Commit, the newest that was
//     complete when Descend began. The committer never waits for the reader, nor the
//     reader for it. Slots that were not set keep their value. A free shows at once.
//
// # Limits
//
// Versions have 32 bits: a slot stored exactly 2³¹ times between two Descends
// would look unchanged, and a Store that sleeps between 1 and 3 for exactly that
// many would not notice. Values of other sizes than multiples of 16 up to 256
// bytes, builds with -race or -tags purego, and other machines than amd64 take the
// Go path, which moves every word by an atomic.
//
// A slot that is stored in a tight loop has somebody inside of it most of the time,
// and a Descend finds a moment only now and then, the larger the value the more seldom.
// What shows is whole, only old. A Group knows no such limit.
//
// Build with -tags invariants, or -race, to have overlapping calls on one Span, and
// sets during a Commit, panic.
package arena
