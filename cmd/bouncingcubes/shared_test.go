//go:build linux && cgo

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Two processes write cubes beside the simulation, as matrices and as motions. They are told, counted and drawn.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	address := filepath.Join(dir, "s")
	writer := func(layout string) {
		cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", `
import sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, "../../arena/shared/clients")
import slotstream
w = slotstream.Writer(sys.argv[1], 20, address=sys.argv[2], layout=sys.argv[1], wait=True)
while True:
    w.poses([(i, float("nan") if i == 19 else 0, 0) for i in range(20)], scale=0.5)
    w.commit()
    time.sleep(0.01)
`, layout, address)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			cmd.Process.Kill()
			cmd.Wait()
		})
	}
	writer("mat4")
	writer("motion")
	status, alone, stderr := shell(t, dir, "$B"+little+"-cubes 40 -frames 3 -screenshot alone.png")
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	status, stdout, stderr := shell(t, dir, "$B"+little+"-cubes 40 -frames 200 -screenshot shared.png -shared "+address)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	for _, want := range []string{"other processes may write at " + address, "mat4 writes 20 cubes", "motion writes 20 cubes", "40 cubes of m"} {
		if !strings.Contains(stdout, want) || strings.Contains(alone, want) {
			t.Errorf("stdout %q does not say %q", stdout, want)
		}
	}
	if wholeFiles(t, dir, "alone.png", "shared.png") != 2 {
		t.Error("a picture is missing")
	}
	cmd, out, errs := command(t, append(strings.Fields(little), "-shared", filepath.Join(dir, "no", "folder"), "-frames", "1")...)
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 2 || !strings.Contains(errs.String(), "bouncingcubes: -shared: shared: listen at") || bytes.Count(errs.Bytes(), []byte("bouncingcubes: ")) != 1 {
		t.Errorf("%v, stdout %q, stderr %q", err, out, errs)
	}
}
