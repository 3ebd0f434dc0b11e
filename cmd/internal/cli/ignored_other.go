//go:build !linux && cgo

package cli

func termIgnored() bool { return false }
