//go:build linux && !race

package upload_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

// Where the GPU has no memory left for a page, Sync returns an error that says what to change, and loses nothing.
// Software Vulkan takes its memory from the process, so the test limits the process's address space. The Go runtime
// reserves 64 MiB at a time, so only a page of 128 MiB is sure not to fit.
func TestOutOfMemory(t *testing.T) {
	device := openDevice(t)
	const page = 128 << 20 / 64 // slots
	a := newArena(t, arenaOf(64))
	if _, err := a.AllocSpan(64, mat{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	u := newUploader(t, device, a, upload.Config{PageSlots: page})
	upload.SetMinPage(u, page)
	a.Descend()

	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &was); err != nil {
		t.Fatal(err)
	}
	tight := syscall.Rlimit{Cur: addressSpace(t) + 80<<20, Max: was.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &tight); err != nil {
		t.Fatal(err)
	}
	_, err := u.Sync()
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &was); err != nil {
		t.Fatal(err)
	}
	t.Log(err)
	if !errors.Is(err, gpu.ErrOutOfMemory) || !strings.Contains(err.Error(), "lower") {
		t.Fatalf("with no memory left: %v", err)
	}
	sync(t, u)
	checkPages(t, device, a, u)
}

// addressSpace is the size of the process's address space in bytes.
func addressSpace(t *testing.T) uint64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages := uint64(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		pages = pages*10 + uint64(c-'0')
	}
	return pages * uint64(os.Getpagesize())
}
