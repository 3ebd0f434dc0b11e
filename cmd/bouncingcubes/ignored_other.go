//go:build !unix && cgo

package main

func termIgnored() bool { return false }
