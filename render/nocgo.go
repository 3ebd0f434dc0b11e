//go:build !cgo && !js

package render

// The GPU binding needs cgo. Go switches cgo off where it finds no C compiler, and when it builds for another platform.
var _ = slotstream_needs_cgo__install_a_C_compiler_and_set_CGO_ENABLED_to_1
