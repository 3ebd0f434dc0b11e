//go:build linux && !race

package arena

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Arenas that are dropped leave no garbage that the collector would see, but fill an
// address space of 32 bits, or one that is bounded: they are collected before anybody
// hears that there is none, even where somebody's cleanups are stuck, and all others with
// them. Sizes differ, so that what one left must serve another.
func TestDroppedArenasMakeRoom(t *testing.T) {
	const child = "SLOTSTREAM_TEST_DROPPED_ARENAS"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestDroppedArenasMakeRoom$")
		cmd.Env = append(os.Environ(), child+"=1", "GOGC=off")
		out, err := cmd.CombinedOutput()
		if errors.Is(err, unix.ENOEXEC) {
			t.Skip("the machine that an emulator stands for cannot start this program again:", err)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	for range 1000 {
		runtime.AddCleanup(new([64]byte), func(struct{}) { select {} }, struct{}{})
	}
	runtime.GC()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var pages uint64
	fmt.Sscan(string(statm), &pages)
	most := pages*uint64(os.Getpagesize()) + 1<<30
	if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: most, Max: most}); err != nil {
		t.Fatal(err)
	}
	for n := range 300 {
		a, err := New(Config[mat]{MaxSlots: 1<<20 + n*4096}) // 144 to 320 MiB
		if err != nil {
			t.Fatalf("arena %d: %v", n, err)
		}
		s := allocSpan(t, a, 5000, mat{})
		a.Descend()
		for i, m := range a.Mirror() {
			if m != (mat{}) {
				t.Fatalf("arena %d: slot %d shows what another arena left", n, i)
			}
		}
		s.Set(4999, whole(7))
		s.Flush()
		a.Descend()
	}
}
