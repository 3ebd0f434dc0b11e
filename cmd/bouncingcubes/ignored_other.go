//go:build !linux && cgo

package main

func termIgnored() bool { return false }
