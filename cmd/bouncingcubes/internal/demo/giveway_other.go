//go:build !linux

package demo

// GiveWay does nothing here: niceness is a process's, not a thread's.
func GiveWay() {}
