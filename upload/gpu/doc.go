// Package gpu helps programs that call wgpu themselves: it waits for the GPU, reads its memory, and turns a lack of GPU
// memory into an error. Packages upload and render use it. You need it only beside a render loop of your own, or to
// read an uploader's pages back.
//
// # Waiting
//
// wgpu's own wait, Poll(true), gives up after five seconds. It then reports that all work is done and frees the
// commands that the GPU still runs, and the process ends in the driver. [Wait], [Fence] and [Readback] have no time
// limit. They poll, and sleep between two polls for a thirtieth of the time waited so far, a millisecond at most.
//
// # Goroutines
//
// wgpu's error scopes belong to the device: while a function of this package runs, no other goroutine may use its
// device.
package gpu
