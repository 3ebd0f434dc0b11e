//go:build !cgo

package main

// The GPU and windows are reached through C. Go leaves it out where it finds no C compiler, and when it builds for
// another platform.
func main() {
	bouncingcubes_needs_cgo__install_a_C_compiler_and_set_CGO_ENABLED_to_1()
}
