// Package wire encodes what changed in an arena as messages, and decodes them. Packages
// record and relay stand on it. It knows neither the type of the slots nor where messages
// go. format.go says what a message is.
//
//	b = wire.Append(b[:0], header, backlog.Ticks(), backlog.Ranges(), arena.Bytes(a.Mirror()))
//
//	var f wire.Frame // at the receiver
//	err := f.Decode(b, wire.Limits{SlotBytes: 64, MaxSlots: 100_000})
//	f.CopyTo(mirror)
//
// Append is for networks: it costs little more than a copy. A [Packer] is for files: its
// messages hold differences to the frame before, which compress well.
//
// Decode trusts no number in a message. It checks each against the message's length and
// the receiver's Limits, and allocates nothing. Errors wrap [ErrFormat].
package wire
