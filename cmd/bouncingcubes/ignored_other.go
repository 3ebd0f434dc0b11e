//go:build !unix

package main

func termIgnored() bool { return false }
