package main

import (
	"fmt"
	"io"
	"runtime/debug"
)

// printVersion writes the module's version, or the revision that it was built from, and the Go version.
func printVersion(out io.Writer) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		_, err := fmt.Fprintln(out, "bouncingcubes, built without module information")
		return err
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			version = s.Value
		}
	}
	_, err := fmt.Fprintf(out, "bouncingcubes %s %s\n", version, info.GoVersion)
	return err
}
