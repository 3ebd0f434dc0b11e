package wire

// A message has four parts: a header, the ticks, moves and ranges, and the body. Numbers
// are little-endian. Slots lie in the body as they do in memory, so machines of the other
// byte order are refused.
//
//	 0  "SLT2"
//	 4  1 if the body holds differences      u8
//	 5  moves                                u8
//	 6  words of 4 bytes in a slot           u16
//	 8  epoch: tells one publisher from the next   u64
//	16  seq: counts frames                   u64
//	24  base: the seq that this frame builds on; 0: the frame has all slots   u64
//	32  time, nanoseconds                    i64
//	40  common words: a bit for each word of a slot   u64
//	48  high water                           u32
//	52  part, parts                          u16 each
//	56  ticks, ranges, slots                 u32 each
//	68  bytes of ticks, moves and ranges     u32
//	72  bytes of the body                    u32
//	76  CRC-32C of everything before the body but these four bytes
//	80  ticks, each: uvarint group numbers skipped since the last, varint number and
//	    varint time, above those of the last
//	..  moves, each: uvarint words skipped since the last one's target, uvarint count-1,
//	    uvarint source
//	..  ranges, each: uvarint slots skipped since the last, uvarint count-1
//	..  zeros up to a multiple of 16
//	..  body
//
// The checksum leaves the body out: what carries a message checks its bytes already (TLS,
// or the chunk of a file), and a checksum of the body would cost more than all the rest.
//
// A frame that is too large for one message is cut into parts. A receiver applies all
// parts or none, so that ticks stay whole.
//
// # Common words
//
// Where all slots of a message have a word in common, such as the last row of a matrix or
// the start of a Motion, the body has these words once, in front, and then each slot
// without them. It costs no more than a copy, and saves a quarter of a matrix. Append looks
// for common words in slots of a multiple of 16 bytes, up to 256, on amd64. Every receiver
// takes them.
//
// # Differences
//
// A Packer's body holds what was added to each word since the frame before, zigzag, which
// maps small negative and positive numbers to small ones. It lies in planes: the lowest
// byte of the first word of each slot, the lowest byte of the second word of each slot and
// so on, then the second byte of each word, up to the highest. A slot that moves a little
// differs in low bytes only, so the other planes are zeros, which compress to nothing. A
// frame with a base of 0 has the slots themselves in planes.
//
// Often a word is what another word of the slot was a frame ago: a Motion comes from the
// place that it went to before. For these the message has moves. The receiver copies the
// words within each slot, one move after the other, before it adds the differences. Targets
// ascend and do not overlap. Packer finds moves by looking at a few slots of each message.
const (
	headerSize = 80
	magic      = "SLT2" // ends in the version of the format; version 1 had one tick for all groups

	wholeSlots  = 0 // byte 4 of the header
	differences = 1
)
