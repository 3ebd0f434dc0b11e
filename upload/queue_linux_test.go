package upload_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/upload"
)

// A program that uploads and never submits does not pile up memory: the uploader flushes the queue. The control, which
// never flushes, piles up all that it wrote.
func TestQueueIsFlushed(t *testing.T) {
	const slots, uploads = 1 << 12, 256 // 256 KiB each, 64 MiB in all
	grown := func(queued int) int {
		a := newArena(t, arenaOf(slots))
		span, err := a.AllocSpan(slots, mat{})
		if err != nil {
			t.Fatal(err)
		}
		u := newUploader(t, openDevice(t), a, upload.Config{Strategy: upload.Full})
		upload.LimitQueue(u, queued)
		start, most := 0, 0
		for i := range uploads {
			span.Set(0, &mat{float32(i)})
			span.Set(slots-1, &mat{float32(i)}) // with the first slot, Full uploads everything
			span.Flush()
			if stats := sync(t, u); stats.Bytes != slots*64 {
				t.Fatalf("%+v, want every slot", stats)
			}
			switch now := resident(t); i {
			case 31:
				start, most = now, now
			default:
				most = max(most, now)
			}
		}
		return most - start
	}
	const limit = 24 << 10 // kB: two flushes of 1 MiB in flight, and what the garbage collector leaves
	if kB := grown(1 << 20); kB > limit {
		t.Errorf("%d MiB are held for writes that were never submitted", kB>>10)
	}
	if kB := grown(math.MaxInt); kB < limit {
		t.Errorf("without flushes only %d MiB are held: the test is too weak", kB>>10)
	}
}

// resident returns how much memory this process has, in kB.
func resident(t *testing.T) int {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); f[0] == "VmRSS:" {
			kB, _ := strconv.Atoi(f[1])
			return kB
		}
	}
	return 0
}
