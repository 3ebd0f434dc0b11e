//go:build !cgo && !js

package main

// The program reaches the GPU and the window through C. Go builds without C if it finds no C compiler, and for another
// platform.
func main() {
	slotview_needs_cgo__install_a_C_compiler_and_set_CGO_ENABLED_to_1()
}
