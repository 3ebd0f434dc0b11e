//go:build cgo

package main

import (
	"os"
	"strings"
	"testing"
)

// The version that the program says is the newest section of the change log.
func TestVersionIsTheNewestRelease(t *testing.T) {
	log, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(log), "\n## ")
	if !strings.HasPrefix(rest, release+",") {
		t.Errorf("the program is %s, the change log begins with %.20q", release, rest)
	}
	var out strings.Builder
	if err := printVersion(&out); err != nil || !strings.HasPrefix(out.String(), "bouncingcubes "+release+" (") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
