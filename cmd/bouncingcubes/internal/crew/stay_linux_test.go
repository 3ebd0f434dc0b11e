package crew

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Workers that are spread have a processor each, which no other has while there are some left, and nobody else is kept
// from any. Others go where they like, and so do fewer than there are processors.
func TestSpreadWorkersStay(t *testing.T) {
	allowed := func() (set unix.CPUSet) {
		if err := unix.SchedGetaffinity(0, &set); err != nil {
			t.Error(err)
		}
		return set
	}
	all := allowed()
	n := all.Count()
	seen := func(workers int, spread bool) []unix.CPUSet {
		sets := make([]unix.CPUSet, workers)
		c := New(workers, spread, func(k int) { sets[k] = allowed() })
		defer c.Close()
		c.Ask()
		c.Wait()
		return sets
	}
	on := map[unix.CPUSet]int{}
	for k, set := range seen(2*n, true) {
		on[set]++
		if set.Count() != 1 {
			t.Errorf("worker %d may use %d processors", k, set.Count())
		}
	}
	for set, workers := range on {
		if workers != 2 {
			t.Errorf("%d workers of %d on %v", workers, 2*n, set)
		}
	}
	for _, set := range append(seen(2*n, false), seen(n-1, true)...) {
		if set != all {
			t.Errorf("%d processors of %d for who is not spread", set.Count(), n)
		}
	}
	if allowed() != all {
		t.Error("who asked is kept, too")
	}
}
