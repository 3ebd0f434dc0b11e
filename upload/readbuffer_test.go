package upload_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// A readback must survive garbage collection at any moment: the binding's own MapAsync does not.
func TestReadBufferUnderConstantGC(t *testing.T) {
	device := openDevice(t)
	queue := device.GetQueue()
	defer queue.Release()
	buffer, err := device.CreateBuffer(&wgpu.BufferDescriptor{Size: 4096, Usage: wgpu.BufferUsageCopySrc | wgpu.BufferUsageCopyDst})
	if err != nil {
		t.Fatal(err)
	}
	defer buffer.Release()
	collectConstantly(t)
	rng := rand.NewChaCha8([32]byte{1})
	want, got := make([]byte, 4096), make([]byte, 4096)
	for range 200 {
		rng.Read(want)
		if err := queue.WriteBuffer(buffer, 0, want); err != nil {
			t.Fatal(err)
		}
		if err := gpu.ReadBuffer(device, buffer, got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatal("read back other bytes than were written")
		}
	}
}

func TestReadBufferSizes(t *testing.T) {
	device := openDevice(t)
	queue := device.GetQueue()
	defer queue.Release()
	const size = 32<<20 + 4 // three pieces of 16 MiB at most: the edges lie there
	buffer, err := device.CreateBuffer(&wgpu.BufferDescriptor{Size: size, Usage: wgpu.BufferUsageCopySrc | wgpu.BufferUsageCopyDst})
	if err != nil {
		t.Fatal(err)
	}
	defer buffer.Release()
	want := make([]byte, size)
	rand.NewChaCha8([32]byte{2}).Read(want)
	if err := queue.WriteBuffer(buffer, 0, want); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 3, 4, 5, 64, 16 << 20, 16<<20 + 1, size} {
		got := make([]byte, n)
		if err := gpu.ReadBuffer(device, buffer, got); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if !bytes.Equal(got, want[:n]) {
			t.Fatalf("%d bytes: read back other bytes than were written", n)
		}
	}
	if err := gpu.ReadBuffer(device, buffer, make([]byte, size+1)); err == nil || !strings.Contains(err.Error(), "bytes of a buffer of") {
		t.Fatalf("reading past the end: %v", err)
	}
	write, err := device.CreateBuffer(&wgpu.BufferDescriptor{Size: 64, Usage: wgpu.BufferUsageCopyDst})
	if err != nil {
		t.Fatal(err)
	}
	defer write.Release()
	if err := gpu.ReadBuffer(device, write, make([]byte, 64)); err == nil || !strings.Contains(err.Error(), "CopySrc") {
		t.Fatalf("reading a buffer without CopySrc: %v", err)
	}
}
