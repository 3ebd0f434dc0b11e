package frametime

import (
	"runtime"
	"runtime/metrics"
	"strings"
)

// Allocations is a number of heap allocations.
type Allocations struct{ Objects, Bytes int64 }

// Sub is what was allocated from d to c.
func (c Allocations) Sub(d Allocations) Allocations {
	return Allocations{c.Objects - d.Objects, c.Bytes - d.Bytes}
}

// Per spreads c over frames.
func (c Allocations) Per(frames int) (objects, bytes float64) {
	n := float64(max(1, frames))
	return float64(c.Objects) / n, float64(c.Bytes) / n
}

// Allocated is what the process has allocated so far, the Go runtime's own included. The runtime counts small objects
// late, when the piece of memory that they share is full: a difference over many frames is right, one over few may be
// short.
func Allocated() Allocations {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/tiny/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	return Allocations{
		Objects: int64(samples[0].Value.Uint64() + samples[1].Value.Uint64()),
		Bytes:   int64(samples[2].Value.Uint64()),
	}
}

// Owner is code whose allocations are counted together: prefixes of its functions' names, as "example.com/game/" or
// "main.".
type Owner []string

// Bindings is the code between a program and its GPU and windows.
var Bindings = Owner{"github.com/cogentcore/webgpu/", "github.com/go-gl/glfw/"}

// Audit runs f with the stack of every allocation recorded, on all goroutines, and counts for each owner those whose
// innermost function with an owner is its own: what the standard library allocates is charged to whoever called it.
// Recording makes allocations slow: time nothing in f, and run one Audit at a time.
func Audit(f func(), owners ...Owner) []Allocations {
	counts := make([]Allocations, len(owners))
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	runtime.MemProfileRate = 0 // not this function's own
	before := snapshot()
	runtime.MemProfileRate = 1 // all
	f()
	runtime.MemProfileRate = 0
	for stack, count := range snapshot() {
		count = count.Sub(before[stack])
		if i := owner(stack, owners); i >= 0 {
			counts[i] = Allocations{counts[i].Objects + count.Objects, counts[i].Bytes + count.Bytes}
		}
	}
	return counts
}

type stack [32]uintptr

// snapshot is what was recorded so far, by stack.
func snapshot() map[stack]Allocations {
	runtime.GC() // publishes what was recorded until now
	runtime.GC()
	var records []runtime.MemProfileRecord
	for n, ok := runtime.MemProfile(nil, true); !ok; {
		records = make([]runtime.MemProfileRecord, n+64)
		n, ok = runtime.MemProfile(records, true)
		records = records[:min(n, len(records))]
	}
	counts := make(map[stack]Allocations)
	for _, r := range records {
		c := counts[r.Stack0]
		counts[r.Stack0] = Allocations{c.Objects + r.AllocObjects, c.Bytes + r.AllocBytes}
	}
	return counts
}

// owner is the index of the owner whose function is innermost, or -1 for nobody's, as the runtime's itself.
func owner(s stack, owners []Owner) int {
	n := 0
	for n < len(s) && s[n] != 0 {
		n++
	}
	frames := runtime.CallersFrames(s[:n])
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "/render/frametime.snapshot"):
			return -1 // the first allocation after the rate has changed is still recorded
		case frame.Function == "runtime.acquireSudog":
			return -1 // what a goroutine waits with: the runtime's, which drops its store of them at each collection
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
