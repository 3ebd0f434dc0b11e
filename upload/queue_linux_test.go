package upload_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// Who syncs and never submits does not pile up what was written: the queue is flushed now and then.
func TestQueueIsFlushed(t *testing.T) {
	d := openDevice(t)
	const slots, syncs = 1 << 16, 300 // 4 MiB, 1.2 GiB
	a, err := arena.New(arena.Config[mat]{})
	if err != nil {
		t.Fatal(err)
	}
	span, err := a.AllocSpan(slots, mat{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := upload.New(d, a, upload.Config{Strategy: upload.Full})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Release()
	most, start := 0, 0
	for i := range syncs {
		for k := 0; k < slots; k += 512 {
			span.Set(k, &mat{}) // all are uploaded for these: some are on every page
		}
		span.Flush()
		if stats, err := u.Sync(); err != nil || stats.Bytes < slots*60 {
			t.Fatal(stats.Bytes, err)
		}
		switch now := resident(t); i {
		case 40:
			start, most = now, now
		default:
			most = max(most, now)
		}
	}
	if grown := most - start; grown > 256<<10 {
		t.Errorf("%d MiB are held for writes that nobody submitted", grown>>10)
	}
}

// resident is the memory of this process, in kB.
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
