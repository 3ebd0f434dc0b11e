// Package gpu is what drawing needs of a wgpu device beside uploads: to wait for it, to read from it, and to run out of
// its memory without the end of the process. Package render stands on it; so can a program with a loop of its own.
//
// # Waiting
//
// wgpu's own wait, Poll(true), gives up after five seconds: it says that all is done and frees the commands that the
// GPU is still running, which ends the process in the driver. [Wait], [Fence] and [Readback] ask again and again
// instead, and sleep in between, for a thirtieth of what they have waited and a millisecond at most: they take as long
// as it takes.
//
// # Threads
//
// wgpu's error scopes belong to the device: while a function of this package runs, no other goroutine may use its
// device.
package gpu
