// Package shared lets other processes write into an arena: simulators in C, C++, Python or Rust, or any program that
// can map memory. A writer's stores go straight to the memory from which Descend copies, and a commit is one atomic
// exchange. The mirror shows each commit whole or not at all, as with an arena.Group, at the same speed.
//
//	l, err := shared.Listen(a, "", shared.Config[mgl32.Mat4]{})
//	defer l.Close()
//	for { // the frame loop, as before
//		a.Descend()
//		for _, e := range l.Events() {
//			log.Print(e.Kind, " ", e.Writer.Name)
//		}
//	}
//
// The directory clients has a file to copy for each language: slotstream.h, slotstream.py and slotstream.rs.
//
//	w = slotstream.Writer("swarm", 1000)
//	w.stage()[:] = matrices
//	w.commit()
//
// # What is promised
//
// The host is the process that listens. A writer is a process that connected to it under a name. It has a group of the
// arena to itself: a run of slots, with a group number that Delta.Ticks, recordings and relays show.
//
//   - A Descend shows each writer's slots as of exactly one commit: the newest that had returned when Descend began, or
//     a later one. Slots that were not set keep their value.
//   - Neither side waits for the other. A commit does not wait for a Descend, no matter how seldom there is one. A
//     Descend does not wait for a writer, no matter at which instruction the writer stopped.
//   - A writer that ends, in any way, leaves its last commit in the mirror. The next writer of the name takes the slots
//     over, and may begin with the values that the mirror shows (its seed). If the former writer was only stopped and
//     goes on later, it changes nothing any more.
//   - A writer that is wrong or hostile can make up the values of its own slots. It cannot change other slots, nor make
//     Descend fail or wait. It can make Descend copy all of its slots each time; Config limits how many these are.
//   - A process that was killed leaves nothing behind, on either side: no memory, no descriptors, no files but the
//     socket's and its lock's, which the next host replaces.
//
// A writer joins without a Descend, so that a program that is busy or paused lets writers in. In two cases the host
// answers after the next Descend, or refuses the writer after Config.Timeout: if the writer wants the values of an
// earlier writer of its name as its seed, or if the last commit of the earlier writer still waits for a Descend.
//
// Some cases at the edge:
//
//   - A host that nobody drives: writers commit without a Descend, and nothing shows. A commit does not tell that.
//   - A host that ends: commit of each client returns false within half a second. Python then looks for the next host
//     and goes on there with all of its values; in C and Rust the program opens again.
//   - A vacant name, whose writer has ended, keeps its slots for Config.Lease, or until another writer needs the room.
//   - A connection that says nothing: 256 may wait to be let in. One more, and the oldest is closed, so an honest
//     writer, which says hello at once, always gets in.
//   - A stopped writer (SIGSTOP) keeps its name and shows its last commit, for as long as it is stopped.
//     [Listener.Disconnect] gives it up.
//
// # What is not promised
//
// A tick's number and time, and the values, are passed on as the writer gave them. The host does not look for NaN, and
// does not ask whether numbers ascend: a simulation may be reset, and go on from 0. A matrix or a render.Motion with a
// NaN draws nothing or something odd, in its own slot only; package record stores and package relay sends every bit
// pattern as it is. A Number or a Time that goes back is recorded and relayed as it is, too. A Motion whose Start goes
// back is drawn for the time of the batch's clock: at From before Start, at To after the tick.
//
// Memory that the two processes share is charged to the host. Only the process that connected may use the writer, none
// of its forked children: when that process ends, the writer ends, even if a child keeps the socket open. So a daemon
// connects after it has forked for the last time.
//
// Writers need Linux, on amd64 or arm64. On other systems the package compiles, and Listen returns an error.
//
// # The picture
//
//	 the writer's process                  block                         this process
//	┌──────────────────┐  G4 swap  ┌───────────────────────┐  G7 swap  ┌─────────────┐
//	│ back, last       │──────────►│ middle: index, fresh? │◄──────────│ front       │
//	│ set, stale bits  │           │ 3 × tick, news, values│──── G8 ──►│ mirror      │
//	└────────┬─────────┘           └───────────────────────┘           └──────┬──────┘
//	         └────────── Unix socket: hello, the block's descriptor, end ─────┘
//
// A block is memory without a name (memfd_create), whose size is sealed, for one life of one writer. The writer has it
// as a descriptor that comes over the Unix socket. The writer lives while the socket is open and the process that
// connected, of which the host has a pidfd, is alive.
//
// # How to write a client
//
// All numbers are in the machine's byte order, which is little-endian. Bytes that no row names are zero.
//
//  1. Connect to the socket. Send the hello, then the metadata.
//  2. Receive the welcome, and with its first byte the block's descriptor (SCM_RIGHTS). If refused is 1, read why, and
//     end. Map the block, shared, readable and writable; close the descriptor. Read the header once.
//  3. Keep, in your own memory: back = 0, last = 1, and four bitmaps of a bit a slot, all 0: set, stale[0] to stale[2].
//  4. In each tick, set slots, then commit by the steps below. To set slot i, write its value to buffer back, and set
//     bit i of set.
//  5. Look at closed now and then. If it is not 0, or the socket has ended, no Descend looks at the block any more.
//  6. To end, send message 1, or just end.
//
// The steps of a commit:
//
//	G1  load the middle word (acquire); carry = the word is 4 or more
//	G2  news of back = set; if carry, add the news of last
//	G3  for each slot in news of back that is in stale[back] and not in set: copy its value from buffer last
//	    clear the bits of news of back in stale[back]; set the bits of set in the other two stale bitmaps; clear set
//	    write the number and the time of the tick of buffer back
//	G4  exchange the middle word for back + 4 (acquire and release)
//	    last = back; back = the old middle word, modulo 4
//
// If your language has no atomic exchange, the host makes it for you: send message 2.
//
// A writer that sets all of its slots in each tick needs no bitmaps: it sets all news bits of all three buffers once.
// For each tick it writes the values and the tick, and exchanges.
//
// The hello, from the writer:
//
//	 at  bytes  hello
//	  0      8  magic: "SLOTSHM1"
//	  8      4  version: 1
//	 12      4  order: 0x01020304
//	 16      8  slots
//	 24      4  slot bytes
//	 28      4  flags: 1 free the slots when the writer ends, 2 seed
//	 32      4  metadata: its bytes, which follow the hello; at most 65,536
//	 64     64  name: 1 to 63 bytes of UTF-8, then zeros
//	128     64  layout of a slot, as arena.Layout names it, "16float32", then zeros
//	256         the end
//
// The welcome, from the host, with the block's descriptor unless refused:
//
//	 at  bytes  welcome
//	  0      8  magic: "SLOTSHM1"
//	  8      4  version: 1
//	 12      4  refused: 1, or 0
//	 16      8  bytes of the block
//	 64    192  why refused: UTF-8, then zeros
//	256         the end
//
// Then, from the writer, any number of messages; only the second is answered, by the same message:
//
//	at  bytes  message
//	 0      4  what: 1 the writer leaves, 2 exchange the middle word for word
//	 4      4  word: for 2, what to put there; in the answer, what was there
//	 8         the end
//
// The block. The side that has a buffer writes its tick, news and values; everything else is written by the host before
// the writer has the block, except closed, at any time, and middle, which both sides exchange:
//
//	  at  bytes  block
//	   0      8  magic: "SLOTSHM1"
//	   8      4  version: 1
//	  12      4  order: 0x01020304
//	  16      8  bytes of the block
//	  24      8  slots
//	  32      4  slot bytes
//	  36      4  seeded: 1 if buffer 0 has the values that show, or 0
//	  40      8  index of the first slot in the arena
//	  48      8  news: place of buffer 0's
//	  56      8  news stride: from one buffer's to the next one's
//	  64      8  values: place of buffer 0's, at a page
//	  72      8  values stride: from one buffer's to the next one's, whole pages
//	  80      8  lives of this name with this host so far, this one included
//	  88      8  middle: place of the middle word, from 1024 to 4095
//	 128     64  layout, as in the hello
//	 192     64  name, as in the hello
//	 256      4  closed: 1 once no Descend will look any more
//	 320     16  tick of buffer 0: number u64, time i64 in nanoseconds
//	 384     16  tick of buffer 1
//	 448     16  tick of buffer 2
//	1024      4  middle word, here or at a later line: a buffer's index, plus 4 while no Descend has taken it; 1 at first
//	4096         news: bit i of u64 w is slot 64w+i; bits past the last slot mean nothing
//
// At first the writer has buffer 0, buffer 1 is the empty last commit, and the host has buffer 2.
//
// # Why it is right
//
// The steps are a Group's, G1 to G4 and G6 to G8 of package arena's comment, where they are argued. There is no G5: the
// reader loads each writer's middle word in every Descend. If writers shared a word of bits, one could clear another's.
// It remains to show that memory between processes is as good as memory between goroutines.
//
// Ownership: a buffer's index is in exactly one of three places, which are back, middle and front. Each G4 and each G7
// is one atomic exchange of the middle word, so the indices stay a permutation, and each side reads and writes only the
// buffer whose index it holds. The exception is G3, where the writer reads buffer last; see below.
//
// Order: let one side write a buffer and exchange it in, and the other side exchange it out. The second exchange reads
// the word that the first one stored, because the exchanges of one word are totally ordered, and each reads what the
// one before it stored. The first exchange is a release and the second an acquire, so every plain store that precedes
// the first is visible to every plain load that follows the second. On amd64, XCHG is both and a full barrier as well:
// the store buffer is empty behind it, so a model of it needs none. On arm64, LDAXR/STLXR or SWPAL are an acquire and a
// release; plain stores cannot move behind the release, nor plain loads before the acquire, which is all that is used:
// no step orders a store before a later load of another word. (G5 of a Group does, and is absent here.)
//
// G1 may be outdated as soon as it returns. If it says fresh, the reader may take that commit at once: then the next
// commit repeats news that were shown already, with the same values. If it says taken, that remains true: the writer
// alone sets fresh. So no news are lost. In G3 the writer reads buffer last, which it exchanged in at its last commit.
// No one writes that buffer until the writer gets it back: the reader only reads, and after G7 gives back another.
//
// A crash is an absence of later steps. Before G4 the middle word has the last commit, which the next Descend takes;
// after G4, the new one. There is no state in between. The successor has another block, so no late store of the
// predecessor meets it. The model in arena/internal/model has all of this, with the death of the writer at every step.
//
// The reader trusts nothing that it reads from a block. It keeps places, sizes and front to itself, reads each tick and
// each news word once, masks the bits past the last slot, and detaches a block whose middle word has a value that no
// step stores. Holes that are punched into the memory read as zeros. The size is sealed, so no access faults.
package shared
