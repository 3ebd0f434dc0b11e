package soak

/*
#include <features.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static void trim(void) {
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
*/
import "C"

// trim gives the C heap's free memory back to the kernel. glibc keeps it, in a heap for each thread that ever was at
// its fullest: without this, what the process holds creeps up for as long as one of them has not seen its fullest yet.
func trim() { C.trim() }
