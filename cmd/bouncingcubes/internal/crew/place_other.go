//go:build !linux

package crew

// placer returns a function that does nothing: on these systems a program cannot choose the processor of a thread.
func placer(int) func(k int) { return func(int) {} }
