package wire

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/slotstream/slotstream/arena"
)

// A move copies words within each slot of the receiver before differences are added: count
// words from word from to word to. A slot that holds the last tick beside the next, as a
// Motion of package render, has words that another word was a frame ago. After the move
// their difference is zero.
type move struct{ to, from, count int }

// moveWords makes the moves in each slot, one move after the other.
func moveWords(slots []byte, moves []move, slotBytes int) {
	for _, m := range moves {
		to, from, n := 4*m.to, 4*m.from, 4*m.count
		for at := 0; at < len(slots); at += slotBytes {
			copy(slots[at+to:at+to+n], slots[at+from:at+from+n])
		}
	}
}

const (
	movedSlots = 256 // bytes of the largest slots in which findMoves looks
	looks      = 16  // slots of a message that it looks at
)

// findMoves finds words that are what another word was, in more than half of the slots that
// it looks at. slots are those of ranges, one after the other. A bad move costs bytes and
// nothing more: the receiver makes the same moves.
func (p *Packer) findMoves(ranges []arena.Range, slots, has []byte, slotBytes int) {
	p.moves = p.moves[:0]
	if has == nil || slotBytes > movedSlots {
		return
	}
	words := slotBytes / 4
	p.votes = slices.Grow(p.votes[:0], words*words)[:words*words] // how often word i is what word k was: at i·words+k
	clear(p.votes)
	looked, step, next := 0, max(len(slots)/slotBytes/looks, 1), 0
	for _, r := range ranges {
		for ; next < r.Count && looked < looks; next += step {
			vote(p.votes, slots[next*slotBytes:][:slotBytes], has[(r.First+next)*slotBytes:][:slotBytes])
			looked++
		}
		next -= r.Count
		slots = slots[r.Count*slotBytes:]
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

// vote counts for each word of is that has changed which words of was had its value.
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

// appendMoves appends the moves as format.go says.
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

// nextMove reads a move from b, after one whose target ends at word at. n is its size, 0 if
// there is none that stays within words.
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

// cutMoves checks the moves, and leaves the bytes behind them to the ranges.
func (f *Frame) cutMoves() error {
	if f.moved > 0 && (!f.Differences || f.Base == 0) {
		return fmt.Errorf("%w: moves without differences", ErrFormat)
	}
	b, at, words := f.moves, 0, f.SlotBytes/4
	for range f.moved {
		m, n := nextMove(b, at, words)
		if n == 0 {
			return fmt.Errorf("%w: a move past the %d words of a slot", ErrFormat, words)
		}
		b, at = b[n:], m.to+m.count
	}
	f.moves, f.ranges = f.moves[:len(f.moves)-len(b)], b
	return nil
}

// movesTo appends the moves of a decoded frame to dst.
func (f *Frame) movesTo(dst []move) []move {
	b, at := f.moves, 0
	for len(b) > 0 {
		m, n := nextMove(b, at, f.SlotBytes/4)
		dst, b, at = append(dst, m), b[n:], m.to+m.count
	}
	return dst
}
