//go:build (cgo || js) && !linux

package render

func keepMemory() {}
