//go:build !race

package upload_test

import (
	"testing"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// An arena over the 128 MiB that one binding can hold is just more pages. Not under
// the race detector, which takes half a minute over the arena and sees nothing of the GPU.
func TestArenaOverTheBindingLimit(t *testing.T) {
	device := openDevice(t)
	const slots = 2_200_000 // 134.3 MiB
	a := newArena(t, arena.Config[mat]{MaxSlots: slots})
	span, err := a.AllocSpan(slots, mat{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	u := newUploader(t, device, a, upload.Config{})
	stats := sync(t, u)
	if stats.Bytes != slots*64 || len(u.Pages()) != 3 {
		t.Fatalf("%+v in %d pages, want every byte in 3 pages of at most 64 MiB", stats, len(u.Pages()))
	}
	for i := 0; i < slots; i += 1001 {
		span.Set(i, &mat{float32(i)})
	}
	span.Flush()
	sync(t, u)
	checkPages(t, device, a, u)
}
