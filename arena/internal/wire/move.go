package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/slotstream/slotstream/arena"
)

// A move copies words within each slot that a receiver has, before differences are added.
// Where slots hold the last tick beside the next, as a Motion of package render, a word is what another
// one was a frame ago: moved, its difference is zero.
//
// Moves are made one after the other. Their targets ascend, and never overlap.
type move struct{ to, from, count int }

// moveWords moves words within each slot.
func moveWords(slots []byte, moves []move, slotBytes int) {
	for _, m := range moves {
		to, from, n := 4*m.to, 4*m.from, 4*m.count
		for at := 0; at < len(slots); at += slotBytes {
			copy(slots[at+to:at+to+n], slots[at+from:at+from+n])
		}
	}
}

const (
	movedSlots = 256 // bytes of the largest slots in which moves are looked for
	looks      = 16  // slots that are looked at
)

// findMoves looks in some of the slots of ranges for words that are what another word of
// the slot was, in more than half of them. A move that is not worth it costs bytes, and
// nothing else: the receiver makes the same.
func (p *Packer) findMoves(ranges []arena.Range, mirror, has []byte, slotBytes int) {
	p.moves = p.moves[:0]
	if has == nil || slotBytes > movedSlots {
		return
	}
	slots, words := 0, slotBytes/4
	for _, r := range ranges {
		slots += r.Count
	}
	p.votes = grown(p.votes, words*words) // how often word i is what word k was: at i·words+k
	clear(p.votes)
	looked, step, next := 0, max(slots/looks, 1), 0
	for _, r := range ranges {
		for ; next < r.Count && looked < looks; next += step {
			at := (r.First + next) * slotBytes
			vote(p.votes, mirror[at:at+slotBytes], has[at:at+slotBytes])
			looked++
		}
		next -= r.Count
	}
	for to := range words {
		votes := p.votes[to*words : (to+1)*words]
		best := to
		for from, n := range votes {
			if n > votes[best] {
				best = from
			}
		}
		if best == to || 2*int(votes[best]) <= looked {
			continue
		}
		if n := len(p.moves) - 1; n >= 0 && p.moves[n].to+p.moves[n].count == to && p.moves[n].from+p.moves[n].count == best {
			p.moves[n].count++
		} else {
			p.moves = append(p.moves, move{to, best, 1})
		}
	}
}

// vote counts, of the words that are another now, which were what.
func vote(votes []uint8, is, was []byte) {
	le, words := binary.LittleEndian, len(is)/4
	for to := range words {
		now, votes := le.Uint32(is[4*to:]), votes[to*words:(to+1)*words]
		if le.Uint32(was[4*to:]) == now {
			votes[to]++
			continue
		}
		for from := range votes {
			if le.Uint32(was[4*from:]) == now {
				votes[from]++
			}
		}
	}
}

// appendMoves appends each move as three uvarints: words since the last one's target,
// count-1, the source.
func appendMoves(dst []byte, moves []move) []byte {
	at := 0
	for _, m := range moves {
		dst = binary.AppendUvarint(dst, uint64(m.to-at))
		dst = binary.AppendUvarint(dst, uint64(m.count-1))
		dst = binary.AppendUvarint(dst, uint64(m.from))
		at = m.to + m.count
	}
	return dst
}

// nextMove takes a move from b, behind one whose target ends at word at; n is the bytes
// that it takes, 0 if there is none that stays within words.
func nextMove(b []byte, at, words int) (m move, n int) {
	var v [3]uint64
	for i := range v {
		x, k := binary.Uvarint(b[n:])
		if k <= 0 || x > uint64(words) {
			return move{}, 0
		}
		v[i], n = x, n+k
	}
	m = move{to: at + int(v[0]), count: int(v[1]) + 1, from: int(v[2])}
	if m.to+m.count > words || m.from+m.count > words {
		return move{}, 0
	}
	return m, n
}

// cutMoves looks at the moves, and leaves what is behind them to the ranges.
func (f *Frame) cutMoves() error {
	if f.moved > 0 && (!f.Packing.differs() || f.Base == 0) {
		return fmt.Errorf("%w: it moves words, and has no differences", ErrFormat)
	}
	b, at, words := f.moves, 0, f.SlotBytes/4
	for range f.moved {
		m, n := nextMove(b, at, words)
		if n == 0 {
			return fmt.Errorf("%w: it moves words that slots of %d do not have", ErrFormat, words)
		}
		b, at = b[n:], m.to+m.count
	}
	f.moves, f.ranges = f.moves[:len(f.moves)-len(b)], b
	return nil
}

// movesTo appends the moves of a frame that Decode has looked at.
func (f *Frame) movesTo(dst []move) []move {
	b, at := f.moves, 0
	for len(b) > 0 {
		m, n := nextMove(b, at, f.SlotBytes/4)
		dst, b, at = append(dst, m), b[n:], m.to+m.count
	}
	return dst
}
