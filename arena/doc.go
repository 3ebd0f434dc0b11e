// Package arena keeps values that many goroutines write and one goroutine reads, and
// tells the reader which values changed since it last looked.
//
// It is made for data that programs write all the time and copy to a device every frame:
// transforms, colours, instance records. Writers never wait for the reader, the reader
// never waits for a writer, and reading costs what the changed values cost, not what all
// values would cost. The package is Go with assembly for amd64. It knows nothing of GPUs.
//
//	a, err := arena.New(arena.Config[Mat4]{MaxSlots: 100_000})
//	tank, err := a.AllocSpan(4096, ident)  // 4,096 slots for one goroutine: fast; ident is the initial value
//	crane, err := a.Alloc(ident)           // one slot for any number of goroutines
//
//	tank.StoreAll(mats)                    // in one goroutine
//	crane.Store(&m)                        // in others
//
//	world := a.NewGroup()                  // spans that change together
//	arm, err := world.AllocSpan(40, ident)
//	arm.StoreAll(links)                    // in any goroutines; then, when they are done:
//	world.Commit(arena.Tick{Number: n})    // the reader sees all of it, or none of it
//
//	d := a.Descend()                       // in the reader
//	for _, r := range d.Ranges {
//		upload(a.Mirror()[r.First : r.First+r.Count])
//	}
//
// # Terms
//
//   - A slot holds one value of type T. Its index is its place in the arena, in the
//     mirror, and in a GPU's buffer.
//   - A span is a run of slots with consecutive indices.
//   - A chunk is a block of slots that is allocated at once, 1024 for example.
//   - A handle is what you write through: Slot, Span, Group or GroupSpan. After Free a handle
//     is stale: it changes nothing any more.
//   - The hidden value is what a freed slot shows: Config.Hidden.
//   - The mirror is the reader's private snapshot of all slots. Writers never touch it.
//   - Descend brings the mirror up to date. It goes down from a bitmap of touched chunks
//     to the slots in them, which gives it its name.
//   - A dirty range is a run of slots that changed. A Delta lists the dirty ranges of one
//     Descend.
//   - A follower is a consumer of the mirror with a list of its own: what it still has to
//     fetch. [Arena.Follow] subscribes one.
//   - A slot is torn if Descend finds it while a writer is half-way through it.
//   - The high water is one past the highest index in use: the number of slots to draw.
//
// # Which handle
//
// A [Slot] is for a value that several goroutines write at any time. A [Span] is for the
// values of one goroutine: it is the fastest and needs the least memory. Both show the
// newest value of each slot, so a Descend in the middle of a StoreAll shows a part of it.
// Some slots have a meaning only together: the links of a robot, or one step of a world.
// For these a [Group] shows whole commits. It needs more than twice the memory, because
// it keeps three buffers of values.
//
// All handles have Load and Free, and these ways to write:
//
//   - One value: Slot.Store, Span.Set, GroupSpan.Set. Store costs most, because other
//     goroutines may store to the same slot. Its value shows at once. Span.Set is cheaper:
//     call Flush after the last Set of a batch. GroupSpan.Set shows with the Commit.
//   - Values that lie together in memory: StoreRange, and StoreAll for the whole span.
//     Both cost little more than copy. Those of a Span flush by themselves.
//   - Values that you compute slot by slot: GroupSpan.Stage lends you the slots, so
//     nothing is copied. You must fill every slot that you staged.
//
// MEASURED.md beside this file compares each with a copy of the same bytes.
//
// # Followers
//
// Several consumers can share one arena: an uploader, a recorder, a publisher. Each calls
// [Arena.Follow] once and gets a [Backlog]. Every Descend, no matter which part of the
// program calls it, adds what changed to every backlog. So you may call Descend as often
// as you like: no consumer misses a change, and none gets a change twice.
//
//	                   ┌─► Backlog ─ Ranges, Ticks ─► uploader ─ Clear
//	Descend ─► Delta ──┼─► Backlog ─ Ranges, Ticks ─► recorder ─ Clear
//	                   └─► Backlog ─ Ranges, Ticks ─► publisher ─ Clear
//
// A backlog holds no values. If a consumer falls behind, its ranges grow and merge, and
// at its next turn it takes the present values from the mirror. The consumers of this
// module (upload.Uploader, record.Recorder, relay.Publisher, render.Batch) subscribe by
// themselves.
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
// Storage is a list of chunks. Each chunk is allocated once, and growing appends one:
// nothing moves. A slot has a value, a version, and a generation that counts the owners
// it has had. Versions lie apart from values, 16 to a cache line.
//
// # The protocol
//
// Slot.Store, in any number of goroutines:
//
//  1. Read the version. If it is odd, another goroutine is writing: try again.
//  2. Read the generation. If it is not the handle's, the slot has been freed:
//     report false.
//  3. Make the version odd by compare-and-swap from the value that step 1 read. If that
//     fails, go back to 1. Then set the chunk's dirty bit, unless it is set already.
//  4. Write the value.
//  5. Make the version even again, one step on.
//
// Descend, in the reader:
//
//  6. Swap each word of dirty bits for zero. Then, in every chunk whose bit was set, and
//     for every slot that was torn last time:
//  7. Read the version. If the mirror shows this version, there is nothing to do. If it
//     is odd, the slot is torn.
//  8. Copy the value to registers and read the generation.
//  9. Read the version again. If it did not change, store the value in the mirror and
//     remember the version. Otherwise the slot is torn.
//
// A torn slot keeps its value in the mirror. If that value belongs to an earlier owner,
// the mirror shows the hidden value instead. The next Descend looks at the slot again.
//
// Span.Set is the only writer of its slots and skips the compare-and-swap: odd, value,
// even. The dirty bits wait for Flush. StoreRange does the same for groups of slots, and
// changes the versions of a group by one vector store. Free does steps 1 to 5 with the
// hidden value, and ends the generation while the version is odd.
//
// # Why it is right
//
// The reader never accepts a torn value: this is a seqlock (Lameter, "Effective
// synchronization on Linux/NUMA systems", 2005; Boehm, "Can seqlocks get along
// with programming language memory models?", https://doi.org/10.1145/2247684.2247688).
// Stores must become visible in the order 3, 4, 5, and loads must happen in the order 7,
// 8, 9. The Go path moves every word by an atomic, which gives that and more. On amd64
// the plain moves of the assembly path have that order (x86-TSO,
// https://doi.org/10.1145/1785414.1785443).
//
// Nothing is lost. The swap in step 3 is a full barrier between the odd version and the
// look at the dirty bit. The swap in step 6 is a full barrier too, between clearing the
// bit and the look at the version. So either the writer finds the bit cleared and sets
// it, or the reader finds the new version, even or odd, and takes the slot or comes back
// to it. For a Span, Flush has a full barrier between the last version and the look at
// the bit.
//
// A stale handle changes nothing. The generation changes only while the version is odd,
// and the swap in step 3 fails if the version has moved since step 1, which came before
// step 2. So a stale handle never makes a version odd. A span that owns the slot by then
// relies on that: its stores are plain.
//
// The model checker Spin tries every interleaving of a model of the protocol, with store
// buffers (arena/internal/model). Each rule also has a variant of the model without it,
// and Spin finds the fault there.
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
//	 ├ set     a bit a slot: set since the last commit
//	 └ stale   a bit a slot and buffer: not the value that was committed last
//
// A Group has three buffers of its spans' values. The committer owns one, the reader owns
// one, and the third is the middle. An atomic word holds the middle's number and a bit,
// fresh: the reader has not taken it yet. The owner of a buffer is alone with it. So
// values move by plain loads and stores, as fast as copy, and the race detector sees all
// of them. With each buffer go its news, a bit a slot: the slots that the reader copies.
//
// Set writes to the back buffer and sets the slot's bit in set. Commit, when all sets are
// done:
//
//	G1. Look whether the middle buffer, the last commit, is still fresh.
//	G2. The news of the back buffer are the bits in set. If G1 found the middle fresh,
//	    add the news of the last commit: the reader has not taken them.
//	G3. Some of these slots are stale in this buffer. Copy their values from the last
//	    commit's buffer, which no side writes until it comes back.
//	G4. Swap back for middle, with fresh set.
//	G5. Set the group's bit, unless it is set already.
//
// Descend:
//
//	G6. Before the chunks, swap each word of groups' bits for zero. For every group
//	    whose bit was set:
//	G7. If the middle is fresh, swap front for it.
//	G8. After the chunks, copy the news of each buffer that was taken to the mirror,
//	    except for spans that have been freed.
//
// Nothing is lost. G4 is a full barrier before the look in G5, and G6 is one before the
// look in G7, as with chunks. A commit that was never taken is in the news of the next
// one (G2). A buffer that was taken never comes back as fresh: if G1 finds the commit
// taken, that stays true; if G1 finds it fresh and the reader takes it just then, the
// price is a copy. Neither side waits or tries again, so neither starves, however fast
// the other side runs.
//
// The initial values of a new span are in the chunks before any commit can have the span,
// and G8 comes after the chunks. Free closes the span first and then hides its slots
// through the chunks: if G8 still saw the span open, the next Descend hides it.
//
// # Promises
//
//  1. Addresses are stable: growing moves nothing.
//  2. Alloc and Free take a mutex. They never block a writer or the reader.
//  3. The reader never accepts a torn value.
//  4. Descend scans the chunks that were touched, and no others.
//  5. Nothing is lost: after writers have stopped and flushed, one more Descend makes
//     the mirror equal to the last values.
//  6. A new slot shows its initial value, or the hidden value if its first read was torn.
//     It never shows zero or the value of an earlier owner.
//  7. A freed slot shows the hidden value. Alloc uses low indices again first.
//  8. Stale handles change nothing. No index has two owners. An index whose generations
//     are used up is retired.
//  9. Any number of goroutines may use a Slot, and the last writer wins. A Span is for one
//     goroutine at a time.
//  10. A writer that the system stops half-way delays its own slot only.
//  11. A full arena is an error. Misuse panics with a message.
//  12. Store, Set, StoreAll and Flush do not allocate. Commit and Descend do not allocate
//     once warm.
//  13. T is any type without pointers whose size is a multiple of 4.
//  14. The mirror shows a Group's spans as of exactly one Commit: the newest that was
//     complete when Descend began. The committer never waits for the reader, nor the
//     reader for the committer. Slots that were not set keep their value. A free shows
//     at once.
//  15. Every Descend adds what it found to every follower's Backlog, so no consumer
//     misses a change that another one saw.
//
// # Limits
//
// Versions have 32 bits. A slot that is stored exactly 2³¹ times between two Descends
// looks unchanged, and a Store that sleeps between steps 1 and 3 for exactly that many
// stores does not notice them. The assembly moves values whose size is a multiple of 16,
// up to 256 bytes, on amd64. Other sizes, other machines, and builds with -race or -tags
// purego take the Go path, which moves every word by an atomic.
//
// If a tight loop stores to a slot, Descend nearly always finds the slot torn, most of
// all if its value is large. The mirror shows a whole value then, but an old one. Groups
// do not have this limit.
//
// Builds with -tags invariants, or -race, find misuse: calls on one Span that overlap, and
// sets during a Commit, panic there.
package arena
