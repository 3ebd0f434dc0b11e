// Package upload keeps GPU storage buffers equal to an arena's mirror, at close to the cost of copying the bytes that
// changed.
//
// For most programs render.NewBatch is what you want: it has an uploader inside, and draws. This package is for those
// who draw with pipelines of their own, or compute.
//
// An [Uploader] is made of a device and an arena; each frame, [Uploader.Sync] descends into the arena and uploads what
// changed, and [Uploader.Pages] are the buffers to draw from:
//
//	u, err := upload.New(device, transforms, upload.Config{})
//	...
//	for each frame {
//		acquire the surface first: a frame that is skipped syncs nothing
//		stats, err := u.Sync()
//		for each page of u.Pages() { bind page.Buffer, draw min(page.Count, stats.HighWater-page.First) instances }
//		submit, present
//	}
//
// # Pages
//
// Slot i of the arena lies in the page with First <= i < First+Count, at byte (i-First)*sizeof(T), as it lies in the
// mirror: array<mat4x4f> for a Mat4. T's size must be a multiple of 16 bytes, WGSL's array stride. When the arena
// grows a page is appended, as large as all before it and up to 64 MiB (Config.PageSlots says otherwise): nothing is
// copied or bound again, and an arena larger than a storage binding is just more pages. Every page costs a draw and,
// where it is scattered, a dispatch: so they are few.
//
// # Strategies
//
// Every page is brought up to date in the way that its changes and the [Costs] make cheapest:
//
//	Ranges   one queue write for every coalesced range
//	Merged   ranges are joined where writing the gap between them costs less than a second call
//	Scatter  changed slots go packed in one write, and a compute shader puts them in their places
//	Full     one write from the first to the last changed slot
//	Auto     the cheapest of these (the default)
//
// The choice follows from the delta and the costs alone. Costs are [DefaultCosts] of the kind of adapter, or measured
// ([Measure]), or given; they do not change by themselves, so that runs can be repeated.
//
// # Promises
//
// After a Sync that returned nil the pages hold what the mirror holds, byte for byte. Bytes come from the mirror only,
// which no writer touches. What a failed Sync could not write goes with the next one; a delta that somebody else took
// (a gap in [arena.Delta] Seq) makes everything go again; a new uploader, on a new device too, starts with everything.
// A steady Sync allocates nothing.
//
// A Sync leaves plain writes in the queue, where they run before the next submit. Scatters are submitted by Sync
// itself, one submit for up to 8 MiB of changes: dear where the GPU is software (Costs.Submit and Costs.Dispatch).
//
// # Threads
//
// An Uploader belongs to the goroutine that descends into its arena and drives its device, one at a time. The arena's
// writers are no concern of it and go on.
//
// # Limits
//
// wgpu's error scopes belong to the device: while a Sync, ReadBuffer or Measure runs, no other goroutine may use it.
// A lost device aborts the process inside wgpu-native 22.1 at the next submit; that cannot be caught here.
package upload
