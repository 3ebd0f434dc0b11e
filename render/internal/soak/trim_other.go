//go:build !linux

package soak

func trim() {}
