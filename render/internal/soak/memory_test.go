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

// flat compares the least of the first and of the last third of samples taken after warm-up: the last may be larger by
// a tenth and 8 MiB. It is the least because the allocator of GPU memory keeps blocks for what comes next, by turns
// more and fewer of them: what it happens to keep goes up and down, what is lost only adds up.
func flat(samples []int) (from, to int, err error) {
	third := (len(samples) + 2) / 3
	if third == 0 {
		return 0, 0, nil
	}
	from, to = slices.Min(samples[:third]), slices.Min(samples[len(samples)-third:])
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
