//go:build wayland

package window

const wayland = true
