//go:build unix

package video

import (
	"os/exec"
	"syscall"
)

// ofItsOwn keeps Ctrl-C from c: the program decides if the video ends there.
func ofItsOwn(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
