//go:build !linux

package soak

// mallocBytes cannot be told here.
func mallocBytes() int { return 0 }
