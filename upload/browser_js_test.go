package upload_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

var deviceObject = handle.In[wgpu.Device]("jsValue")

// A browser takes the device away. Every Upload says so, and a new device gets everything that the mirror has.
func TestLostDeviceIsRefilled(t *testing.T) {
	device := openDevice(t)
	a := newArena(t, arena.Config[mat]{})
	span, err := a.AllocSpan(5000, mat{1})
	if err != nil {
		t.Fatal(err)
	}
	u := newUploader(t, device, a, upload.Config{})
	sync(t, u)
	deviceObject.Of(device).Call("destroy")
	gpu.Wait(device) // the loss is reported before
	span.Set(17, &mat{5})
	span.Flush()
	for range 2 {
		if _, err := u.Sync(); !errors.Is(err, gpu.ErrDeviceLost) {
			t.Fatal(err)
		}
	}
	again := openDevice(t)
	v := newUploader(t, again, a, upload.Config{})
	sync(t, v)
	checkPages(t, again, a, v)
}

// A browser reports a bad write after the call. The next Upload returns the report once, and everything is pending
// again.
func TestFaultIsReportedOnceAndNothingIsLost(t *testing.T) {
	device := openDevice(t)
	a := newArena(t, arena.Config[mat]{})
	if _, err := a.AllocSpan(100, mat{1}); err != nil {
		t.Fatal(err)
	}
	u := newUploader(t, device, a, upload.Config{})
	sync(t, u)
	if stats := sync(t, u); stats.Bytes != 0 {
		t.Fatalf("%d bytes of an arena at rest", stats.Bytes)
	}
	queue := device.GetQueue()
	if err := queue.WriteBuffer(u.Pages()[0].Buffer, 2, make([]byte, 4)); err != nil { // offsets are multiples of four
		t.Fatal(err)
	}
	gpu.Wait(device)
	if _, err := u.Sync(); err == nil || !strings.Contains(err.Error(), "reported after the call") {
		t.Fatal(err)
	}
	if stats := sync(t, u); stats.Bytes != 100*64 {
		t.Fatalf("%d bytes after a fault, want all", stats.Bytes)
	}
	checkPages(t, device, a, u)
}
