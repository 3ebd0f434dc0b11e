package soak

import (
	"fmt"
	"runtime"
	"slices"
)

// bytesInUse is what Go and C have allocated and not freed; 0 where that cannot be told. It isn't what the process has
// resident: both keep what was freed, C for each thread that ever was at its fullest, so that goes up and down by half.
func bytesInUse() int {
	c := mallocBytes()
	if c == 0 {
		return 0
	}
	runtime.GC()
	runtime.GC() // what the first found finalizers for
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return c + int(m.HeapAlloc)
}

// flat compares the medians of the first and the last third of samples taken after warm-up, with no device open: the
// last may be larger by 2 MiB.
func flat(samples []int) (from, to int, err error) {
	third := (len(samples) + 2) / 3
	if third == 0 {
		return 0, 0, nil
	}
	from, to = median(samples[:third]), median(samples[len(samples)-third:])
	if bound := from + 2<<20; to > bound {
		err = fmt.Errorf("memory in use grew from %d to %d KiB, over the bound of %d", from>>10, to>>10, bound>>10)
	}
	return from, to, err
}

func kibibytes(bytes []int) (kib []int) {
	for _, b := range bytes {
		kib = append(kib, b>>10)
	}
	return kib
}

func median(s []int) int {
	s = slices.Sorted(slices.Values(s))
	return s[len(s)/2]
}
