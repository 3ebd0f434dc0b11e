package upload_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"
)

func init() { wgpu.SetLogLevel(wgpu.LogLevelError) }

// Examples cannot skip. Without an adapter TestMain leaves them out, except in CI.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("CI") != "true" {
		instance := wgpu.CreateInstance(nil)
		if adapter, err := instance.RequestAdapter(nil); err != nil {
			fmt.Println("no adapter: examples are left out; install mesa-vulkan-drivers")
			flag.Set("test.skip", "^Example")
		} else {
			adapter.Release()
		}
		instance.Release()
	}
	os.Exit(m.Run())
}

// openDevice opens a device on any adapter. Without an adapter the test fails in CI, and is skipped elsewhere.
func openDevice(tb testing.TB) *wgpu.Device {
	tb.Helper()
	device, _ := openAdapter(tb)
	return device
}

func openAdapter(tb testing.TB) (*wgpu.Device, wgpu.AdapterInfo) {
	tb.Helper()
	return openAdapterWith(tb, nil)
}

func openAdapterWith(tb testing.TB, desc *wgpu.DeviceDescriptor) (*wgpu.Device, wgpu.AdapterInfo) {
	tb.Helper()
	instance := wgpu.CreateInstance(nil)
	tb.Cleanup(instance.Release)
	adapter, err := instance.RequestAdapter(&wgpu.RequestAdapterOptions{})
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal("no adapter: install mesa-vulkan-drivers")
		}
		tb.Skip("no adapter: install mesa-vulkan-drivers")
	}
	tb.Cleanup(adapter.Release)
	device, err := adapter.RequestDevice(desc)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(device.Release)
	return device, adapter.GetInfo()
}

// collectConstantly runs the garbage collector without a pause until the test ends.
func collectConstantly(tb testing.TB) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	tb.Cleanup(func() { close(stop); <-done })
}
