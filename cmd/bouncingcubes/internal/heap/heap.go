// Package heap counts allocations: how many, and whose.
package heap

import (
	"runtime"
	"runtime/metrics"
	"strings"
)

// Count is a number of heap allocations.
type Count struct{ Objects, Bytes int64 }

// Sub is what was allocated from d to c.
func (c Count) Sub(d Count) Count { return Count{c.Objects - d.Objects, c.Bytes - d.Bytes} }

// Per spreads c over frames.
func (c Count) Per(frames int) (objects, bytes float64) {
	n := float64(max(1, frames))
	return float64(c.Objects) / n, float64(c.Bytes) / n
}

// Total is what the process has allocated so far, the Go runtime's own included. The runtime counts small objects late, when
// the piece of memory that they share is full: a difference over many frames is right, one over few may be short.
func Total() Count {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/tiny/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	return Count{
		Objects: int64(samples[0].Value.Uint64() + samples[1].Value.Uint64()),
		Bytes:   int64(samples[2].Value.Uint64()),
	}
}

// Whose code allocates, by the prefix of the function's name.
var (
	projectCode = []string{"github.com/slotstream/slotstream/", "main."}
	bindingCode = []string{"github.com/cogentcore/webgpu/", "github.com/go-gl/glfw/"}
)

// Audit runs f with the stack of every allocation recorded, on all goroutines, and counts those whose innermost frame
// outside the standard library is this project's or a binding's. Recording makes allocations slow: time nothing in f.
func Audit(f func()) (project, binding Count) {
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	runtime.MemProfileRate = 0 // not this function's own
	before := snapshot()
	runtime.MemProfileRate = 1 // all
	f()
	runtime.MemProfileRate = 0
	for stack, count := range snapshot() {
		count = count.Sub(before[stack])
		switch owner(stack) {
		case &projectCode:
			project = Count{project.Objects + count.Objects, project.Bytes + count.Bytes}
		case &bindingCode:
			binding = Count{binding.Objects + count.Objects, binding.Bytes + count.Bytes}
		}
	}
	return project, binding
}

type stack [32]uintptr

// snapshot is what was recorded so far, by stack.
func snapshot() map[stack]Count {
	runtime.GC() // publishes what was recorded until now
	runtime.GC()
	var records []runtime.MemProfileRecord
	for n, ok := runtime.MemProfile(nil, true); !ok; {
		records = make([]runtime.MemProfileRecord, n+64)
		n, ok = runtime.MemProfile(records, true)
		records = records[:min(n, len(records))]
	}
	counts := make(map[stack]Count)
	for _, r := range records {
		c := counts[r.Stack0]
		counts[r.Stack0] = Count{c.Objects + r.AllocObjects, c.Bytes + r.AllocBytes}
	}
	return counts
}

// owner is &projectCode, &bindingCode, or nil for the runtime itself.
func owner(s stack) *[]string {
	n := 0
	for n < len(s) && s[n] != 0 {
		n++
	}
	frames := runtime.CallersFrames(s[:n])
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "/internal/heap.snapshot"):
			return nil // the first allocation after the rate has changed is still recorded
		case frame.Function == "runtime.acquireSudog":
			return nil // what a goroutine waits with: the runtime's, which drops its store of them at each collection
		}
		for _, code := range []*[]string{&projectCode, &bindingCode} {
			for _, prefix := range *code {
				if strings.HasPrefix(frame.Function, prefix) {
					return code
				}
			}
		}
		if !more {
			return nil
		}
	}
}
