package soak

/*
#include <features.h>
#include <stddef.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static size_t in_use(void) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
	struct mallinfo2 m = mallinfo2();
	return m.uordblks + m.hblkhd;
#else
	return 0;
#endif
}
*/
import "C"

// mallocBytes is what C has allocated and not freed: the driver's, wgpu's and with a software driver the GPU's memory.
// 0 where the C library does not say.
func mallocBytes() int { return int(C.in_use()) }
