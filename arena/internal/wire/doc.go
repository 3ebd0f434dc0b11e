// Package wire is the form of a message that carries what changed in an arena: the
// changed slots of one Descend as bytes, and back. It knows neither the slots' type nor
// who sends the message where: packages that record and relay arenas stand on it.
//
//	b = wire.Append(b[:0], header, backlog.Ticks(), backlog.Ranges(), arena.Bytes(a.Mirror()))
//
//	var f wire.Frame                                 // elsewhere
//	err := f.Decode(b, wire.Limits{SlotBytes: 64, MaxSlots: 100_000})
//	f.CopyTo(mirror)
//
// # The message
//
// Numbers are little-endian; so are the slots, which are sent as they lie in memory:
// machines of the other order are refused.
//
//	 0  "SLT2"
//	 4  packing                              u8
//	 5  moves                                u8
//	 6  words of 4 bytes in a slot           u16
//	 8  epoch: which publisher this is       u64
//	16  seq: counts frames                   u64
//	24  base: the seq that this builds on; 0: all slots are here   u64
//	32  time                                 i64, nanoseconds
//	40  words that all slots have in common  u64, a bit for each word
//	48  high water                           u32
//	52  part, parts                          u16, u16
//	56  ticks, ranges, slots                 u32 each
//	68  bytes of ticks, moves and ranges, of the body   u32, u32
//	76  CRC-32C of header, ticks, moves and ranges, without these four bytes
//	80  ticks: uvarint groups since the one after the last, varint number and varint time
//	    above the last one's
//	..  moves: uvarint words since the last one's end, uvarint count-1, uvarint from
//	..  ranges: uvarint slots since the last one's end, uvarint count-1; zeros up to a
//	    multiple of 16
//	..  body: the words in common, and the slots without them, packed
//
// The checksum leaves the body out: what carries messages checks bytes already (TLS, a
// file's chunks), and a checksum of everything would cost more than the rest.
//
// A frame that is too large for one message is cut into parts, which belong together:
// apply all of them, or none, and a tick stays whole.
//
// # Packing
//
// Raw is the slots as they are. Common is the same, but for the words that all slots of the
// message have in common, which come once: the last row of matrices that move things about,
// the tick of motions. It costs no more than a copy, and has a network carry a quarter less of
// a world of Mat4. It looks at slots that are a multiple of 16 bytes, up to 256; other
// machines than amd64 leave nothing out, and take what does.
//
// Planes, S2 and Zstd (github.com/klauspost/compress) pack the differences to the values
// that the receiver has, word by word, laid out in planes: the lowest byte of the first
// word of all slots, that of the second word, and so on, then the next byte of each. What
// moves a little differs in its low bytes, and the high planes pack to nothing.
//
// Where a word is mostly what another word of the slot was a frame before, as the place
// that a Motion comes from is the one that it went to, the message says so: a move copies
// words within each slot that the receiver has, before the differences are added. Packer
// finds them by looking at a few slots of each message, up to 256 bytes large.
//
// # Trust
//
// Decode believes nothing: every number is checked against the message's own length and
// the receiver's Limits before anything is done with it, and nothing is allocated by a
// number that came from outside. Errors wrap ErrFormat and are one sentence.
package wire
