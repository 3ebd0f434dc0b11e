package bench

import (
	"runtime"
	"runtime/metrics"
	"strings"
)

// allocations is a number of heap allocations.
type allocations struct{ objects, bytes int64 }

// sub returns the allocations from d to c.
func (c allocations) sub(d allocations) allocations {
	return allocations{c.objects - d.objects, c.bytes - d.bytes}
}

// per returns the allocations of one of so many frames.
func (c allocations) per(frames int) (objects, bytes float64) {
	n := float64(max(1, frames))
	return float64(c.objects) / n, float64(c.bytes) / n
}

// allocated returns what the process has allocated so far, the Go runtime's own included. The runtime counts small
// objects late, when the block of memory that they share is full. A difference over many frames is right, one over few
// may be short.
func allocated() allocations {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/tiny/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	return allocations{
		objects: int64(samples[0].Value.Uint64() + samples[1].Value.Uint64()),
		bytes:   int64(samples[2].Value.Uint64()),
	}
}

// owner is code whose allocations are counted together: prefixes of the names of its functions, such as
// "example.com/game/" or "main.".
type owner []string

var (
	ownCode  = owner{"github.com/slotstream/slotstream/", "main."}
	bindings = owner{"github.com/cogentcore/webgpu/", "github.com/go-gl/glfw/"} // between the program and its GPU and windows
)

// audit runs f, records the stack of every allocation on all goroutines, and counts the allocations of each owner. An
// allocation belongs to the owner of the innermost function of its stack that has one. So an allocation of the standard
// library belongs to its caller. Recording makes allocations slow: measure no times in f, and run one audit at a time.
func audit(f func(), owners ...owner) []allocations {
	counts := make([]allocations, len(owners))
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	runtime.MemProfileRate = 0 // this function's own allocations do not count
	before := snapshot()
	runtime.MemProfileRate = 1 // all
	f()
	runtime.MemProfileRate = 0
	for stack, count := range snapshot() {
		count = count.sub(before[stack])
		if i := ownerOf(stack, owners); i >= 0 {
			counts[i] = allocations{counts[i].objects + count.objects, counts[i].bytes + count.bytes}
		}
	}
	return counts
}

type stack [32]uintptr

// snapshot returns the allocations that were recorded so far, by stack.
func snapshot() map[stack]allocations {
	runtime.GC() // publishes what was recorded until now
	runtime.GC()
	var records []runtime.MemProfileRecord
	for n, ok := runtime.MemProfile(nil, true); !ok; {
		records = make([]runtime.MemProfileRecord, n+64)
		n, ok = runtime.MemProfile(records, true)
		records = records[:min(n, len(records))]
	}
	counts := make(map[stack]allocations)
	for _, r := range records {
		c := counts[r.Stack0]
		counts[r.Stack0] = allocations{c.objects + r.AllocObjects, c.bytes + r.AllocBytes}
	}
	return counts
}

// ownerOf returns the index of the owner of the innermost function that has one, or -1 if no function has.
func ownerOf(s stack, owners []owner) int {
	n := 0
	for n < len(s) && s[n] != 0 {
		n++
	}
	frames := runtime.CallersFrames(s[:n])
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "/internal/bench.snapshot"):
			return -1 // the first allocation after the rate has changed is still recorded
		case frame.Function == "runtime.acquireSudog":
			return -1 // the runtime's own record of a waiting goroutine: the runtime drops its store of them at each collection
		}
		for i, code := range owners {
			for _, prefix := range code {
				if strings.HasPrefix(frame.Function, prefix) {
					return i
				}
			}
		}
		if !more {
			return -1
		}
	}
}
