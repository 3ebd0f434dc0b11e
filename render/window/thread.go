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

// The main thread is the one on which packages are initialised, and so the one of main.
var (
	mainThread C.uintptr_t
	locked     bool // main's goroutine is locked to it, so no other goroutine can run there
)

func init() {
	runtime.LockOSThread()
	mainThread, locked = C.ss_thread(), true
}

// onMainThread reports whether this goroutine is main's.
func onMainThread() bool { return C.ss_thread() == mainThread && locked }

// Unlock unlocks main's goroutine from the main thread. Call it in a program that imports this package and finds that
// it will show no window: main's goroutine is then as fast as in any other program (see the package's documentation).
// Call it from main's goroutine; on another one it does nothing. Run panics after it.
func Unlock() {
	if onMainThread() {
		locked = false
		runtime.UnlockOSThread()
	}
}
