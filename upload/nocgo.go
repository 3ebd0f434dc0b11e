//go:build !cgo && !js

package upload

// This package calls the GPU's library through C. Without cgo the build fails with this name as its error message. Go
// turns cgo off if it finds no C compiler, and if it builds for another platform.
var _ = slotstream_needs_cgo__install_a_C_compiler_and_set_CGO_ENABLED_to_1
