//go:build linux && cgo

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/arena/record"
)

// Python processes write matrices and motions. They are named, counted and drawn; what -record takes plays again, and
// has what the first writer said of itself. A writer goes on when the viewer is restarted.
//
// It takes 10 seconds of CPU: the program is started four times, and Python twice.
func TestWriters(t *testing.T) {
	dir := t.TempDir()
	address := filepath.Join(dir, "s")
	writer(t, address, rowOf("plain", "mat4", `{"mesh": "sphere", "colors": ["#ff0000", "#0000ff"], "up": "z"}`))
	args := append(little, "-shared", address, "-frames", "60", "-screenshot", "a.png", "-record", "a.mcap")
	status, stdout, stderr := program(t, dir, args...)
	if status != 0 || !strings.Contains(stdout, "writers may connect at "+address) || !strings.Contains(stdout, "plain writes 20 slots") ||
		!strings.Contains(stdout, "a.png: 20 bodies of plain") {
		t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	writer(t, address, rowOf("moving", "motion", `{"tick": 0.01}`))
	both := append(little, "-shared", address, "-frames", "200", "-screenshot", "b.png")
	status, stdout, stderr = program(t, dir, both...)
	if status != 0 || !strings.Contains(stdout, "moving writes 20 slots") || !strings.Contains(stdout, "40 bodies of ") {
		t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}

	file, err := os.Open(filepath.Join(dir, "a.mcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	rec, err := record.Open(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	if said := rec.Metadata(); said["mesh"] != `"sphere"` || said["up"] != `"z"` || rec.Truncated() {
		t.Errorf("the recording says %v", said)
	}
	status, stdout, stderr = program(t, dir, append(little, "a.mcap", "-from", "1e9", "-screenshot", "c.png")...)
	if status != 0 || !strings.Contains(stdout, "20 bodies of a") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}
