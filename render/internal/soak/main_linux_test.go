package soak

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

// glibc gives threads heaps of their own, each of which keeps what it once had at its fullest. A software driver has
// threads, and Go enters C from any of its own, so that memory would creep up for as long as one of the heaps has not
// seen a full frame yet. With a single heap what grows is what somebody holds on to.
const oneHeap = "MALLOC_ARENA_MAX"

// TestMain starts the test again with a single C heap: glibc looks at the variable before main.
func TestMain(m *testing.M) {
	if os.Getenv(oneHeap) == "" {
		self, err := os.Executable()
		if err == nil {
			err = syscall.Exec(self, os.Args, append(os.Environ(), oneHeap+"=1"))
		}
		fmt.Fprintln(os.Stderr, "soak: start again with a single C heap:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
