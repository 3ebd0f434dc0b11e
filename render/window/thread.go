package window

/*
#include <stdint.h>
#ifdef _WIN32
#include <windows.h>
static uintptr_t ss_thread(void) { return GetCurrentThreadId(); }
#else
#include <pthread.h>
static uintptr_t ss_thread(void) { return (uintptr_t)pthread_self(); }
#endif
*/
import "C"

import "runtime"

// mainThread is where package initialisation, and so main, runs.
var mainThread C.uintptr_t

func init() {
	runtime.LockOSThread()
	mainThread = C.ss_thread()
}

// onMainThread reports whether this goroutine is main's. No other goroutine can run on that thread: it is locked.
func onMainThread() bool { return C.ss_thread() == mainThread }
