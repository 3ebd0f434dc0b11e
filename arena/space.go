package arena

import "math/bits"

// A space is the set of free indices: the lowest index, and the lowest run that
// is long enough, go first. The arena's mutex guards it.
//
// It is a bitmap under a tree. A node of the tree knows of the indices below it
// how many are free at their start, at their end, and in their longest run, so
// that looking for a run, taking and giving it back walk from the root to words
// and back: a hole that is too small, or many of them, cost nothing to pass.
// (Knuth's first fit, The Art of Computer Programming 1, 2.5, in the binary tree
// of Brent, "Efficient implementation of the first-fit strategy", 1989,
// https://doi.org/10.1145/65979.65981.)
//
// Bitmap and tree reach as far as indices were ever taken, rounded up to a power
// of two of words; every index from there up to limit is free.
type space struct {
	limit int
	free  []uint64   // bit i of word w is set: index 64w+i is free
	tree  []freeRuns // node k has the children 2k and 2k+1; the leaf of word w is len(free)+w
	high  int        // one past the highest index that is not free
}

// freeRuns sums up the free indices below a node of the tree.
type freeRuns struct{ head, tail, most uint32 }

func newSpace(limit int) space { return space{limit: limit} }

// take removes the lowest n consecutive indices and returns the first.
func (s *space) take(n int) (first int, ok bool) {
	first = s.find(n)
	if n > s.limit || first > s.limit-n {
		return 0, false
	}
	s.reach(first + n)
	s.change(first, n, func(w int, mask uint64) { s.free[w] &^= mask })
	s.high = max(s.high, first+n)
	return first, true
}

// give puts n consecutive indices back.
func (s *space) give(first, n int) {
	if n == 0 {
		return
	}
	s.change(first, n, func(w int, mask uint64) { s.free[w] |= mask })
	if first+n == s.high {
		s.high = s.used()
	}
}

// find returns where the lowest n consecutive free indices begin, as if there
// were no limit.
func (s *space) find(n int) int {
	if len(s.free) == 0 {
		return 0
	}
	if root := s.tree[1]; int(root.most) < n {
		return 64*len(s.free) - int(root.tail)
	}
	first, size := 0, 64*len(s.free) // what is below node k
	k := 1
	for k < len(s.free) {
		k, size = 2*k, size/2
		left, right := s.tree[k], s.tree[k+1]
		switch {
		case int(left.most) >= n:
		case int(left.tail)+int(right.head) >= n:
			return first + size - int(left.tail)
		default:
			k, first = k+1, first+size
		}
	}
	return first + runIn(s.free[k-len(s.free)], n)
}

// used returns one past the highest index that is not free.
func (s *space) used() int {
	first, size, k := 0, 64*len(s.free), 1
	if len(s.free) == 0 || int(s.tree[1].most) == size {
		return 0
	}
	for k < len(s.free) {
		k, size = 2*k, size/2
		if int(s.tree[k+1].most) < size {
			k, first = k+1, first+size
		}
	}
	return first + bits.Len64(^s.free[k-len(s.free)])
}

// reach makes bitmap and tree as long as top indices need.
func (s *space) reach(top int) {
	have := len(s.free)
	if top <= 64*have {
		return
	}
	words := 1 << bits.Len(uint(top-1)/64)
	free := make([]uint64, words)
	for w := copy(free, s.free); w < words; w++ {
		free[w] = ^uint64(0)
	}
	s.free, s.tree = free, make([]freeRuns, 2*words)
	s.sum(0, words-1)
}

// change applies do to the words that hold n indices, and sums up again.
func (s *space) change(first, n int, do func(w int, mask uint64)) {
	from, to := first/64, (first+n-1)/64
	for end := first + n; first < end; {
		w, lo := first/64, first%64
		k := min(64-lo, end-first)
		do(w, ^uint64(0)>>(64-k)<<lo)
		first += k
	}
	s.sum(from, to)
}

// sum brings the leaves of the words from to to, and all nodes above, up to date.
func (s *space) sum(from, to int) {
	for w := from; w <= to; w++ {
		s.tree[len(s.free)+w] = runsIn(s.free[w])
	}
	size := uint32(64) // indices below a child
	for from, to = (len(s.free)+from)/2, (len(s.free)+to)/2; to > 0; from, to = from/2, to/2 {
		for k := from; k <= to; k++ {
			s.tree[k] = join(s.tree[2*k], s.tree[2*k+1], size)
		}
		size *= 2
	}
}

// join sums up two neighbours of size indices each.
func join(left, right freeRuns, size uint32) freeRuns {
	r := freeRuns{left.head, right.tail, max(left.most, right.most, left.tail+right.head)}
	if left.head == size {
		r.head += right.head
	}
	if right.tail == size {
		r.tail += left.tail
	}
	return r
}

// runsIn sums up one word.
func runsIn(word uint64) freeRuns {
	r := freeRuns{head: uint32(bits.TrailingZeros64(^word)), tail: uint32(bits.LeadingZeros64(^word))}
	for ; word != 0; word &= word << 1 { // takes one off every run
		r.most++
	}
	return r
}

// runIn finds the lowest n free indices in a row in a word that has them.
func runIn(word uint64, n int) int {
	for have := 1; have < n; { // bit i of word stands for a run of have from i on
		more := min(have, n-have)
		word &= word >> more
		have += more
	}
	return bits.TrailingZeros64(word)
}
