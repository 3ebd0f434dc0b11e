package arena

import "math/bits"

// A space is the set of free indices, as a bitmap: neighbours that are freed are
// one run again without further ado. The lowest index, and the lowest run that
// is long enough, go first. The arena's mutex guards it.
type space struct {
	free []uint64 // bit i of word w is set: index 64w+i is free
	some []uint64 // bit i of word w is set: free[64w+i] is not zero
	high int      // one past the highest index that is not free
}

func newSpace(n int) space {
	s := space{free: make([]uint64, (n+63)/64)}
	s.some = make([]uint64, (len(s.free)+63)/64)
	s.give(0, n)
	return s
}

// take removes n consecutive indices and returns the first.
func (s *space) take(n int) (first int, ok bool) {
	if n == 1 {
		first, ok = s.lowest()
	} else {
		first, ok = s.run(n)
	}
	if ok {
		s.each(first, n, func(w int, mask uint64) { s.free[w] &^= mask })
		s.high = max(s.high, first+n)
	}
	return first, ok
}

// give puts n consecutive indices back.
func (s *space) give(first, n int) {
	s.each(first, n, func(w int, mask uint64) { s.free[w] |= mask })
	if first+n == s.high {
		s.high = s.below(first)
	}
}

// each walks the words that hold n indices and keeps the summary right.
func (s *space) each(first, n int, do func(w int, mask uint64)) {
	for end := first + n; first < end; {
		w, lo := first/64, first%64
		k := min(64-lo, end-first)
		do(w, ^uint64(0)>>(64-k)<<lo)
		if bit := uint64(1) << (w % 64); s.free[w] != 0 {
			s.some[w/64] |= bit
		} else {
			s.some[w/64] &^= bit
		}
		first += k
	}
}

func (s *space) lowest() (int, bool) {
	for i, some := range s.some {
		if some != 0 {
			w := 64*i + bits.TrailingZeros64(some)
			return 64*w + bits.TrailingZeros64(s.free[w]), true
		}
	}
	return 0, false
}

// run finds the lowest n consecutive free indices.
func (s *space) run(n int) (int, bool) {
	have := 0 // free indices in a row, up to where we are
	for w, word := range s.free {
		for at := 0; at < 64; {
			ones := bits.TrailingZeros64(^(word >> at))
			if have += ones; have >= n {
				return 64*w + at + ones - have, true
			}
			if at += ones; at < 64 {
				have = 0
				at += bits.TrailingZeros64(word >> at)
			}
		}
	}
	return 0, false
}

// below returns one past the highest index under n that is not free.
func (s *space) below(n int) int {
	for w := (n - 1) >> 6; w >= 0; w-- {
		used := ^s.free[w]
		if n < 64*(w+1) {
			used &= 1<<(n%64) - 1
		}
		if used != 0 {
			return 64*w + bits.Len64(used)
		}
	}
	return 0
}
