package soak

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
)

// residentBytes is the process's memory in use, GPU memory of a software driver included, without what Go and C keep
// though it is free; 0 where it cannot be told.
func residentBytes() int {
	debug.FreeOSMemory()
	trim()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident int
	fmt.Sscan(string(statm), &size, &resident)
	return resident * os.Getpagesize()
}

// flat compares the medians of the first and the last third of samples taken after warm-up: the last may be larger by
// a tenth and 8 MiB, which is what legs of other fills and strategies differ by.
func flat(samples []int) (from, to int, err error) {
	third := (len(samples) + 2) / 3
	if third == 0 {
		return 0, 0, nil
	}
	from, to = median(samples[:third]), median(samples[len(samples)-third:])
	if bound := from + from/10 + 8<<20; to > bound {
		err = fmt.Errorf("memory grew from %d to %d MiB, over the bound of %d", from>>20, to>>20, bound>>20)
	}
	return from, to, err
}

func mebibytes(bytes []int) (mib []int) {
	for _, b := range bytes {
		mib = append(mib, b>>20)
	}
	return mib
}

func median(s []int) int {
	s = slices.Sorted(slices.Values(s))
	return s[len(s)/2]
}
