//go:build !js

package view

import (
	"os"
	"os/exec"
	"testing"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

// python starts a writer in Python, until the test ends. The lines run behind the imports, and find the arguments in
// sys.argv, from 1 on.
func python(t testing.TB, lines string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", append([]string{"-c", `
import sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, "../../../../arena/shared/clients")
import slotstream
` + lines}, args...)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		windowtest.Missing(t, err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd
}
