package main

/*
#include <features.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static void keep_memory(void) {
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	mallopt(M_TOP_PAD, 16 << 20);
#endif
}
*/
import "C"

// A driver that draws on the CPU takes its buffers from malloc, each frame anew, and glibc gives freed memory of that
// size back to the kernel at once: half of a frame's time was page faults. Told to keep it, 100,000 cubes on llvmpipe
// take 47 ms instead of 57, and writing them all to the GPU 0.37 ms instead of 0.64.
func init() { C.keep_memory() }
