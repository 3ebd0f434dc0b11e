//go:build !linux

package stage

// GiveWay does nothing here: these systems have a priority for the process, not for a thread.
func GiveWay() {}
