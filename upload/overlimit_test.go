//go:build !js

package upload_test

import (
	"testing"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// The binding asks browsers for no limits, so there no small device can be opened.

// An arena that is larger than a storage binding has more pages, each of which the device can bind. The device here
// binds 1 MiB, so that the test is fast: the default limit is 128 MiB.
func TestArenaOverTheBindingLimit(t *testing.T) {
	const slots, binding = 50_000, 1 << 20 // 3.05 MiB
	device := openSmallDevice(t, binding)
	a := newArena(t, arena.Config[mat]{MaxSlots: slots})
	span, err := a.AllocSpan(slots, mat{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	u := newUploader(t, device, a, upload.Config{})
	if stats := sync(t, u); stats.Bytes != slots*64 || len(u.Pages()) != 4 {
		t.Fatalf("%+v in %d pages, want every byte in 4 pages", stats, len(u.Pages()))
	}
	for i, page := range u.Pages() {
		if bytes := page.Buffer.GetSize(); bytes > binding {
			t.Fatalf("page %d has %d bytes, and the device binds %d", i, bytes, binding)
		}
	}
	for i := 0; i < slots; i += 1001 {
		span.Set(i, &mat{float32(i)})
	}
	span.Flush()
	sync(t, u)
	checkPages(t, device, a, u)
	if _, err := upload.New(device, a, upload.Config{PageSlots: binding/64 + 1}); err == nil {
		t.Fatal("a page over the limit was not refused")
	}
}

// openSmallDevice opens a device that binds storage buffers of up to so many bytes.
func openSmallDevice(tb testing.TB, binding uint64) *wgpu.Device {
	tb.Helper()
	limits := wgpu.DefaultLimits()
	limits.MaxStorageBufferBindingSize = binding
	device, _ := openAdapterWith(tb, &wgpu.DeviceDescriptor{RequiredLimits: &wgpu.RequiredLimits{Limits: limits}})
	return device
}
