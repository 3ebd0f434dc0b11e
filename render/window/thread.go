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

// The main thread is where package initialisation, and so main, runs.
var (
	mainThread C.uintptr_t
	locked     bool // main's goroutine to it: what onMainThread stands on
)

func init() {
	runtime.LockOSThread()
	mainThread, locked = C.ss_thread(), true
}

// onMainThread reports whether this goroutine is main's. No other goroutine can run on that thread: it is locked.
func onMainThread() bool { return C.ss_thread() == mainThread && locked }

// Unlock lets main's goroutine leave the main thread, for a program that imports this package and finds that it
// shows no window: then main is as fast as in any other program (see the package's documentation). Call it from
// main's goroutine; on another it does nothing. Run panics afterwards.
func Unlock() {
	if onMainThread() {
		locked = false
		runtime.UnlockOSThread()
	}
}
