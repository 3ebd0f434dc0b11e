//go:build cgo

package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/slotstream/slotstream/render/frametime"
)

// release is the newest section of CHANGELOG.md.
const release = "v0.1.0"

// printVersion writes the release, the revision that was built, and the Go version.
func printVersion(out io.Writer) error {
	_, err := fmt.Fprintf(out, "bouncingcubes %s (%s) %s\n", release, frametime.ThisMachine().Version, runtime.Version())
	return err
}
