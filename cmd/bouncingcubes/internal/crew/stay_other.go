//go:build !linux

package crew

// stay does nothing here: a thread has no processor of its own.
func stay(k, workers int) {}
