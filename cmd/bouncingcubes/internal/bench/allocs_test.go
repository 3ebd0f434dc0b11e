package bench

import (
	"strings"
	"sync"
	"testing"
)

var sink []byte

// audited counts this test's allocations and the bindings'.
func audited(f func()) (test, binding allocations) {
	counts := audit(f, ownCode, bindings)
	return counts[0], counts[1]
}

func TestAuditCountsEveryAllocationOnce(t *testing.T) {
	project, binding := audited(func() {
		for range 100 {
			sink = make([]byte, 4096)
		}
	})
	if project != (allocations{100, 409600}) || binding != (allocations{}) {
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
	project, _ = audited(func() {
		for range 7 {
			work <- 4096
		}
		close(work)
		done.Wait()
	})
	if project.objects != 7 {
		t.Errorf("7 allocations on another goroutine: %+v", project)
	}
}

func TestAuditOfNothing(t *testing.T) {
	audited(func() {})
	if project, binding := audited(func() {}); project != (allocations{}) || binding != (allocations{}) {
		t.Errorf("project %+v, binding %+v", project, binding)
	}
}

// The standard library allocates on behalf of whoever calls it.
func TestAuditChargesTheCaller(t *testing.T) {
	project, _ := audited(func() { sink = []byte(strings.Repeat("ab", 2048)) })
	if project.objects < 2 || project.bytes < 8192 {
		t.Errorf("%+v", project)
	}
}

func TestAllocated(t *testing.T) {
	before := allocated()
	for range 1000 {
		sink = make([]byte, 4096)
	}
	if d := allocated().sub(before); d.objects < 900 || d.bytes < 900*4096 {
		t.Errorf("1000 allocations of 4 KiB counted as %+v", d)
	}
}
