//go:build cgo

package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/slotstream/slotstream/render/frametime"
)

// printVersion writes the program's version and the Go version.
func printVersion(out io.Writer) error {
	_, err := fmt.Fprintf(out, "bouncingcubes %s %s\n", frametime.Version(), runtime.Version())
	return err
}
