package upload_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"runtime"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

// In each frame, writers store, Sync uploads, and the program draws the pages.
func Example() {
	device, release := exampleDevice()
	defer release()
	transforms, err := arena.New(arena.Config[mat]{})
	if err != nil {
		log.Fatal(err)
	}
	crowd, err := transforms.AllocSpan(10_000, mat{0: 1, 5: 1, 10: 1, 15: 1})
	if err != nil {
		log.Fatal(err)
	}
	uploader, err := upload.New(device, transforms, upload.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer uploader.Release()

	for frame := range 3 {
		crowd.Set(7, &mat{0: 1, 5: 1, 10: 1, 12: float32(frame), 15: 1}) // any goroutine
		crowd.Flush()
		stats, err := uploader.Sync() // the render goroutine
		if err != nil {
			log.Fatal(err)
		}
		for _, page := range uploader.Pages() {
			instances := min(page.Count, stats.HighWater-page.First)
			fmt.Printf("%d bytes in %d call, draw %d instances\n", stats.Bytes, stats.Calls, instances)
		}
	}
	// Output:
	// 640000 bytes in 1 call, draw 10000 instances
	// 64 bytes in 1 call, draw 10000 instances
	// 64 bytes in 1 call, draw 10000 instances
}

// Two uploaders follow one arena, each with its own pages. Any part of the program may descend.
func ExampleUploader_Upload() {
	device, release := exampleDevice()
	defer release()
	a, err := arena.New(arena.Config[mat]{})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := a.AllocSpan(100, mat{}); err != nil {
		log.Fatal(err)
	}
	a.Descend()
	for _, strategy := range []upload.Strategy{upload.Ranges, upload.Scatter} {
		u, err := upload.New(device, a, upload.Config{Strategy: strategy})
		if err != nil {
			log.Fatal(err)
		}
		defer u.Release()
		stats, err := u.Upload()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(stats.Pages(strategy), "page,", stats.Calls, "call,", stats.Submits, "submits")
	}
	// Output:
	// 1 page, 1 call, 0 submits
	// 1 page, 1 call, 1 submits
}

// ReadBuffer reads a page back from the GPU.
func ExampleReadBuffer() {
	device, release := exampleDevice()
	defer release()
	a, err := arena.New(arena.Config[mat]{})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := a.Alloc(mat{1, 2, 3, 4}); err != nil {
		log.Fatal(err)
	}
	u, err := upload.New(device, a, upload.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer u.Release()
	if _, err := u.Sync(); err != nil {
		log.Fatal(err)
	}
	var got [1]mat
	page := u.Pages()[0] // slot 0 lies in the first
	if err := gpu.ReadBuffer(device, page.Buffer, wgpu.ToBytes(got[:])); err != nil {
		log.Fatal(err)
	}
	fmt.Println(got[0][:4])
	// Output: [1 2 3 4]
}

// A Readback reads GPU memory every frame without waiting.
func ExampleReadback() {
	device, release := exampleDevice()
	defer release()
	buffer, err := device.CreateBufferInit(&wgpu.BufferInitDescriptor{Contents: []byte("GPU memory.."), Usage: wgpu.BufferUsageCopySrc})
	if err != nil {
		log.Fatal(err)
	}
	defer buffer.Release()
	readback, err := gpu.NewReadback(device, 12)
	if err != nil {
		log.Fatal(err)
	}
	defer readback.Release()

	encoder, err := device.CreateCommandEncoder(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer encoder.Release()
	if err := encoder.CopyBufferToBuffer(buffer, 0, readback.Buffer(), 0, 12); err != nil {
		log.Fatal(err)
	}
	commands, err := encoder.Finish(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer commands.Release()
	queue := device.GetQueue()
	defer queue.Release()
	queue.Submit(commands)
	if err := readback.Start(); err != nil {
		log.Fatal(err)
	}
	text := make([]byte, 12)
	for done := false; !done; { // a program polls once a frame
		if done, err = readback.Poll(text); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%s\n", text)
	// Output: GPU memory..
}

// A program measures costs once and gives them to later runs, which then make the same choices.
func ExampleMeasure() {
	device, release := exampleDevice()
	defer release()
	costs, err := upload.Measure(device)
	if err != nil {
		log.Fatal(err)
	}
	saved, err := json.Marshal(costs)
	if err != nil {
		log.Fatal(err)
	}
	var later upload.Costs
	if err := json.Unmarshal(saved, &later); err != nil {
		log.Fatal(err)
	}
	fmt.Println(later == costs)
	// Output: true
}

// A program with a device of its own tells the uploader the kind of the adapter.
func ExampleDefaultCosts() {
	instance := wgpu.CreateInstance(nil)
	defer instance.Release()
	adapter, err := instance.RequestAdapter(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer adapter.Release()
	cfg := upload.Config{Costs: upload.DefaultCosts(adapter.GetInfo().AdapterType)}
	fmt.Println(cfg.Costs.Call > 0)
	// Output: true
}

// A Strategy can be a flag.
func ExampleStrategy() {
	flags := flag.NewFlagSet("program", flag.ContinueOnError)
	var strategy upload.Strategy
	flags.TextVar(&strategy, "upload", upload.Auto, "auto, ranges, merged, scatter or full")
	if err := flags.Parse([]string{"-upload", "scatter"}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strategy, strategy == upload.Scatter)
	// Output: scatter true
}

// New refuses a type whose size is not a multiple of 16 bytes. The error says what to do.
func ExampleNew() {
	device, release := exampleDevice()
	defer release()
	type colour struct{ R, G, B float32 }
	a, err := arena.New(arena.Config[colour]{})
	if err != nil {
		log.Fatal(err)
	}
	_, err = upload.New(device, a, upload.Config{})
	fmt.Println(err)
	// Output: upload: new uploader: a slot of type upload_test.colour has 12 bytes: pad it to a multiple of 16
}

func exampleDevice() (*wgpu.Device, func()) {
	instance := wgpu.CreateInstance(nil)
	adapter, err := instance.RequestAdapter(nil)
	if err != nil {
		log.Fatal(err)
	}
	device, err := adapter.RequestDevice(nil)
	if err != nil {
		log.Fatal(err)
	}
	return device, func() { device.Release(); adapter.Release(); instance.Release() }
}

// An uploader that has not uploaded for a while uploads everything that has changed meanwhile at once.
func ExampleUploader_Upload_later() {
	device, release := exampleDevice()
	defer release()
	a, err := arena.New(arena.Config[mat]{})
	if err != nil {
		log.Fatal(err)
	}
	span, err := a.AllocSpan(100, mat{})
	if err != nil {
		log.Fatal(err)
	}
	u, err := upload.New(device, a, upload.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer u.Release()
	if _, err := u.Sync(); err != nil {
		log.Fatal(err)
	}
	for i := range 3 {
		span.Set(i, &mat{})
		span.Flush()
		a.Descend()
	}
	stats, err := u.Upload()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stats.Updated, "slots,", stats.Bytes, "bytes,", stats.Calls, "call")
	// Output: 3 slots, 192 bytes, 1 call
}

// A fence tells when the GPU has done what was submitted, while the loop goes on.
func ExampleFence() {
	device, release := exampleDevice()
	defer release()
	queue := device.GetQueue()
	defer queue.Release()
	b, err := gpu.CreateBuffer(device, &wgpu.BufferDescriptor{Size: 16, Usage: wgpu.BufferUsageCopyDst | wgpu.BufferUsageCopySrc})
	if errors.Is(err, gpu.ErrOutOfMemory) {
		log.Fatal("draw less: ", err) // the binding's own CreateBuffer aborts the process
	}
	if err != nil {
		log.Fatal(err)
	}
	defer b.Release()
	if err := queue.WriteBuffer(b, 0, []byte("sixteen bytes!!!")); err != nil {
		log.Fatal(err)
	}
	var fence gpu.Fence
	defer fence.Release()
	fence.Set(device)
	for !fence.Done() {
		runtime.Gosched() // a program does other work here
	}
	text := make([]byte, 16)
	if err := gpu.ReadBuffer(device, b, text); err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output: sixteen bytes!!!
}
