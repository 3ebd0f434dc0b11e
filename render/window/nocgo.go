//go:build !cgo && !js

package window

// Windows are reached through C. Go leaves it out where it finds no C compiler, and when it builds for another
// platform.
var _ = slotstream_needs_cgo__install_a_C_compiler_and_set_CGO_ENABLED_to_1
