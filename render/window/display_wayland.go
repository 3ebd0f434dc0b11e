//go:build cgo && wayland

package window

const wayland = true
