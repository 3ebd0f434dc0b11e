// Package upload keeps storage buffers on the GPU equal to the mirror of an arena, at close to the cost of copying the
// bytes that changed.
//
// Most programs need only render.NewBatch, which has an uploader inside and draws. Use this package if you draw with
// pipelines of your own, or compute.
//
// An [Uploader] belongs to a device and an arena. [Uploader.Sync] descends into the arena (that is, copies the slots
// that writers changed to the arena's mirror) and uploads them. [Uploader.Pages] returns the storage buffers to draw
// from:
//
//	u, err := upload.New(device, transforms, upload.Config{})
//	...
//	for each frame {
//		acquire the surface's texture; if there is none, skip the frame
//		stats, err := u.Sync()
//		for each page of u.Pages() { bind page.Buffer, draw max(0, min(page.Count, stats.HighWater-page.First)) instances }
//		submit, present
//	}
//
// If other parts of your program read the arena too, one of them calls Descend, and each uploader calls
// [Uploader.Upload].
//
// # Pages
//
// A page is one storage buffer. Slot i of the arena lies in the page with First <= i < First+Count, at byte
// (i-First)*sizeof(T): in WGSL a page of Mat4 is an array<mat4x4f>. The size of T must be a multiple of 16 bytes,
// WGSL's array stride. When the arena grows, the uploader appends a page as large as all pages before it, up to 64 MiB
// ([Config].PageSlots changes the limit). It copies nothing, and your bind groups stay valid. An arena that is larger
// than a storage binding simply has more pages. Each page costs you a draw, and a compute dispatch if strategy Scatter
// updates it.
//
// # Strategies
//
// A range is a run of adjacent changed slots. The uploader updates each page by one of these strategies:
//
//	Ranges   one queue write for each range
//	Merged   one queue write for several ranges, where writing the gap costs less than a second write
//	Scatter  one queue write of all changed slots, packed; a compute shader copies them to their places
//	Full     one queue write from the first to the last changed slot
//	Auto     for each page the cheapest of these (the default)
//
// The choice depends on the changes and the [Costs] alone, so that runs can be repeated. The costs come from
// [DefaultCosts], from [Measure], or from you. They never change by themselves.
//
// # Guarantees
//
//   - After an Upload that returned nil, the pages hold the same bytes as the mirror. The uploader reads the mirror
//     only, which writers never touch.
//   - An Upload that fails loses nothing: the next one uploads the rest. A new uploader begins with everything, on the
//     same device or another.
//   - An Upload that finds no new page to make allocates nothing.
//
// Queue writes run before the next submit. Scatters need a submit of their own: Upload makes one for each 8 MiB of
// changes. On a software adapter a submit is expensive (Costs.Submit and Costs.Dispatch).
//
// # Goroutines
//
// An uploader belongs to one goroutine at a time: the one that descends into the arena and drives the device. The
// arena's writers need not stop.
//
// # Limits
//
// wgpu's error scopes belong to the device, not to a goroutine. So while Sync, Upload or Measure runs, no other
// goroutine may use the device. If the device is lost, wgpu-native aborts the process at the next submit. This package
// cannot catch that.
package upload
