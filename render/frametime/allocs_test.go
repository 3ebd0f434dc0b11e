package frametime

import (
	"strings"
	"sync"
	"testing"
)

var sink []byte

// audit counts this test's allocations and the bindings'.
func audit(f func()) (test, binding Allocations) {
	counts := Audit(f, Owner{"github.com/slotstream/slotstream/"}, Bindings)
	return counts[0], counts[1]
}

func TestAuditCountsEveryAllocationOnce(t *testing.T) {
	project, binding := audit(func() {
		for range 100 {
			sink = make([]byte, 4096)
		}
	})
	if project != (Allocations{100, 409600}) || binding != (Allocations{}) {
		t.Errorf("100 allocations of 4 KiB: project %+v, binding %+v", project, binding)
	}
	// Again, now that the stacks are known, and from another goroutine.
	var done sync.WaitGroup
	work := make(chan int)
	done.Go(func() {
		for n := range work {
			sink = make([]byte, n)
		}
	})
	project, _ = audit(func() {
		for range 7 {
			work <- 4096
		}
		close(work)
		done.Wait()
	})
	if project.Objects != 7 {
		t.Errorf("7 allocations on another goroutine: %+v", project)
	}
}

func TestAuditOfNothing(t *testing.T) {
	audit(func() {})
	if project, binding := audit(func() {}); project != (Allocations{}) || binding != (Allocations{}) {
		t.Errorf("project %+v, binding %+v", project, binding)
	}
}

// The standard library allocates on behalf of whoever calls it.
func TestAuditChargesTheCaller(t *testing.T) {
	project, _ := audit(func() { sink = []byte(strings.Repeat("ab", 2048)) })
	if project.Objects < 2 || project.Bytes < 8192 {
		t.Errorf("%+v", project)
	}
}

func TestAllocated(t *testing.T) {
	before := Allocated()
	for range 1000 {
		sink = make([]byte, 4096)
	}
	if d := Allocated().Sub(before); d.Objects < 900 || d.Bytes < 900*4096 {
		t.Errorf("1000 allocations of 4 KiB counted as %+v", d)
	}
}
