//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

// slotview returns the program that plays and follows, which the first test that needs it builds.
func slotview(t *testing.T) string {
	t.Helper()
	path, err := builtViewer()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var builtViewer = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "slotview")
	if out, err := exec.Command("go", "build", "-o", path, "../slotview").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// viewing is command for slotview.
func viewing(t *testing.T, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stdout, stderr = command(t, args...)
	cmd.Path = slotview(t)
	return cmd, stdout, stderr
}

// shell runs a script in dir. In the script, $B is the program and $V is slotview.
func shell(t *testing.T, dir, script string) (status int, stdout, stderr string) {
	t.Helper()
	program, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	cmd.Env = append(os.Environ(), beProgram+"=1", "DISPLAY=", "WAYLAND_DISPLAY=", "B="+program)
	if strings.Contains(script, "$V") {
		cmd.Env = append(cmd.Env, "V="+slotview(t))
	}
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

const tiny = " -cubes 50 -frames 3 -warmup 1 -size 64x64 "

// If stdout is closed or full, only the table is lost.
func TestFilesDoNotDependOnStdout(t *testing.T) {
	const files = "-json a.json -plot a.svg -screenshot a.png -cpuprofile a.prof -trace a.trace "
	for name, c := range map[string]struct{ script, says string }{
		"broken pipe": {`set -o pipefail; $B -bench` + tiny + files + `| true`, "broken pipe"},
		"full":        {`$B -bench` + tiny + files + `>/dev/full`, "no space left"},
		"benchfmt":    {`$B -bench -benchfmt` + tiny + files + `>/dev/full`, "no space left"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			status, _, stderr := shell(t, dir, c.script)
			if status != 1 || !strings.Contains(stderr, c.says) {
				t.Errorf("status %d: %s", status, stderr)
			}
			if n := wholeFiles(t, dir, "a.json", "a.svg", "a.png", "a.prof", "a.trace"); n != 5 {
				t.Errorf("%d of 5 files", n)
			}
		})
	}
}

// If one file cannot be written, the others are still written. Each error has a line of its own.
func TestEachFileIsWrittenForItself(t *testing.T) {
	dir := t.TempDir()
	status, stdout, stderr := shell(t, dir, `ln -s /dev/full a.png; $B -bench`+tiny+`-screenshot a.png -json /dev/full -plot a.svg`)
	if status != 1 || strings.Count(stderr, "\nbouncingcubes: ") != 2 || !strings.Contains(stdout, "p95") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	if err := os.Remove(filepath.Join(dir, "a.png")); err != nil {
		t.Fatal(err)
	}
	wholeFiles(t, dir, "a.svg")
}

func TestLinksStayLinks(t *testing.T) {
	dir := t.TempDir()
	status, _, stderr := shell(t, dir, `mkdir real; for f in a.json a.svg a.png a.prof a.trace; do ln -s real/$f $f; done; echo old >real/a.json
		$B -bench`+tiny+`-json a.json -plot a.svg -screenshot a.png -cpuprofile a.prof -trace a.trace && for f in a.*; do test -L $f || exit 7; done`)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if n := wholeFiles(t, filepath.Join(dir, "real"), "a.json", "a.svg", "a.png", "a.prof", "a.trace"); n != 5 {
		t.Errorf("%d of 5 files", n)
	}
}

// "-" and /dev/stdout are stdout, also if it is a file or a pipe, and the table goes to stderr.
func TestReportOnStdout(t *testing.T) {
	for name, script := range map[string]string{
		"dash":       `$B -bench` + tiny + `-json - | cat >out.json`,
		"dash, file": `$B -bench` + tiny + `-json - >out.json`,
		"link":       `ln -s /proc/self/fd/1 o; $B -bench` + tiny + `-json o >out.json; test -L o; rm o`,
		"pipe":       `$B -bench` + tiny + `-json /dev/stdout | cat >out.json`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			status, _, stderr := shell(t, dir, "set -e; set -o pipefail; "+script)
			if status != 0 || !strings.Contains(stderr, "p95") {
				t.Errorf("status %d: %s", status, stderr)
			}
			if n := wholeFiles(t, dir, "out.json"); n != 1 {
				t.Errorf("%d files", n)
			}
			saved(t, filepath.Join(dir, "out.json"))
		})
	}
}

func TestTwoFlagsOneFile(t *testing.T) {
	for _, flags := range []string{"-json a.svg -plot a.svg", "-json a -trace ./a", "-cpuprofile - -json -",
		"-benchfmt -json -", "-benchfmt -json /dev/stdout", "-json - -trace /dev/stdout", "-json l -trace a", "-json /dev/fd/1 -trace /dev/stdout"} {
		dir := t.TempDir()
		status, stdout, stderr := shell(t, dir, "ln -s a l; $B -bench"+tiny+flags)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "both write") {
			t.Errorf("%s: status %d, stdout %q, stderr %q", flags, status, stdout, stderr)
		}
	}
	if status, _, stderr := shell(t, t.TempDir(), "$B -bench"+tiny+"-json /dev/null -trace /dev/null"); status != 0 {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// A picture without -screenshot gets a name that no file has.
func TestDefaultPictureLosesNothing(t *testing.T) {
	dir := t.TempDir()
	status, stdout, stderr := shell(t, dir, `echo mine >cubes.png; ln -s nowhere cubes-2.png; 
		$B -offscreen -cubes 50 -frames 1 -size 64x64 && grep -q mine cubes.png && test ! -e nowhere && test -s cubes-3.png`)
	if status != 0 || !strings.Contains(stdout, "cubes.png exists already") || !strings.Contains(stdout, "cubes-3.png") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	if _, err := os.Stat("/proc/self/cubes.png"); err == nil {
		t.Fatal("/proc/self takes files")
	}
	status, _, stderr = shell(t, "/proc/self", `$B -offscreen -cubes 50 -frames 1 -size 64x64`) // a folder to which nobody can write
	if status != 2 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "cannot write cubes.png") || strings.Contains(stderr, "-screenshot") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

// Two runs at the same time, both without -screenshot, leave two pictures, and each run prints the name of its own.
func TestTwoRunsAtOnceLeaveTwoPictures(t *testing.T) {
	dir := t.TempDir()
	status, stdout, stderr := shell(t, dir, `for seed in 1 2 3; do
			$B -offscreen -cubes 50 -frames 20 -seed $seed -size 64x64 >$seed.out & pids+=" $!"
		done; for pid in $pids; do wait $pid || exit; done; cat *.out; ls *.png | wc -l`)
	for _, want := range []string{"cubes.png: ", "cubes-2.png: ", "cubes-3.png: ", "\n3\n"} {
		if status != 0 || !strings.Contains(stdout, want) {
			t.Errorf("status %d, no %q in stdout %q, stderr %q", status, want, stdout, stderr)
		}
	}
}

// An adapter that cannot do enough gives an error message of one line.
func TestOldGL(t *testing.T) {
	for _, mode := range []string{"-offscreen", "-bench"} {
		status, _, stderr := shell(t, t.TempDir(), `MESA_GLES_VERSION_OVERRIDE=3.0 $B `+mode+` -backend gl -frames 1 -cubes 50 -size 64x64 2>&1 >/dev/null |
			 grep -a bouncingcubes: >&2; exit ${PIPESTATUS[0]}`)
		if status != 1 && status != 2 || strings.Contains(stderr, "goroutine") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d: %s", mode, status, stderr)
		}
	}
}

// screen16 returns the environment of a display with 16 bits a pixel.
func screen16(t *testing.T) []string {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		windowtest.Missing(t, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x16", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{w}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	return []string{"DISPLAY=:" + strings.TrimSpace(number)}
}

// A display that the program cannot draw to counts as no display, except with -window.
func TestDisplayThatCannotBeDrawnTo(t *testing.T) {
	for name, env := range map[string][]string{
		"16 bit":    screen16(t),
		"not there": {"DISPLAY=:4242"},
	} {
		dir := t.TempDir()
		script := "export " + strings.Join(env, " ") + "; $B" + strings.ReplaceAll(tiny, "-warmup 1", "")
		status, stdout, stderr := shell(t, dir, script)
		if status != 0 || !strings.Contains(stdout, "drawing offscreen") || wholeFiles(t, dir, "cubes.png") != 1 {
			t.Errorf("%s: status %d, stdout %q, stderr %q", name, status, stdout, stderr)
		}
		if status, _, stderr := shell(t, dir, script+"-window"); status != 1 && status != 2 || !strings.Contains(stderr, "bouncingcubes: ") {
			t.Errorf("%s, -window: status %d, stderr %q", name, status, stderr)
		}
	}
}

// begun starts the program, and waits until it listens to signals: then the temporary file of its profile exists.
func begun(t *testing.T, before string, args ...string) (cmd *exec.Cmd, dir string, stderr *bytes.Buffer) {
	t.Helper()
	dir = t.TempDir()
	path, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	args = append(args, "-cpuprofile", "a.prof")
	cmd, _, stderr = command(t)
	cmd.Path, cmd.Dir = "/bin/bash", dir
	cmd.Args = append([]string{"bash", "-c", before + ` exec "$0" "$@"`, path}, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	windowtest.Wait(t, "the program", func() bool {
		names, err := filepath.Glob(filepath.Join(dir, ".a.prof.*"))
		return err == nil && len(names) > 0
	})
	return cmd, dir, stderr
}

func TestSignalsEndInOrder(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd, dir, stderr := begun(t, "", "-bench", "-cubes", "200", "-frames", "1000000", "-size", "64x64", "-json", "a.json")
		cmd.Process.Signal(s)
		cmd.Process.Signal(syscall.SIGHUP) // a closing terminal sends one, and its shell another
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v: %s", s, err, stderr)
		}
		if n := wholeFiles(t, dir, "a.json", "a.prof"); n != 2 {
			t.Errorf("%v: %d of 2 files", s, n)
		}
	}
}

// Signals that nohup or trap ignores stay ignored.
func TestIgnoredSignalsStayIgnored(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		name := map[syscall.Signal]string{syscall.SIGINT: "INT", syscall.SIGTERM: "TERM", syscall.SIGHUP: "HUP"}[s]
		cmd, dir, stderr := begun(t, "trap '' "+name+";", "-bench", "-cubes", "200", "-frames", "300", "-size", "64x64", "-json", "a.json")
		for range 3 {
			cmd.Process.Signal(s)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v: %v: %s", s, err, stderr)
		}
		if r := saved(t, filepath.Join(dir, "a.json"))[0]; r.Interrupted || r.Frames != 300 {
			t.Errorf("%v, ignored, ended the run after %d frames", s, r.Frames)
		}
	}
}

// A second Ctrl-C ends the program at once, and leaves no incomplete file.
func TestSecondInterruptEndsAtOnce(t *testing.T) {
	cmd, dir, stderr := begun(t, "", "-bench", "-cubes", "4000000", "-workers", "1", "-json", "a.json")
	cmd.Process.Signal(syscall.SIGINT)
	for ended := false; !ended; { // until the first has been taken: two at once are one
		select {
		case <-t.Context().Done():
			t.Fatal("the program does not end")
		case <-time.After(20 * time.Millisecond):
			ended = cmd.Process.Signal(syscall.SIGINT) != nil || syscall.Kill(cmd.Process.Pid, 0) != nil || zombie(cmd.Process.Pid)
		}
	}
	cmd.Wait()
	switch status := cmd.ProcessState.ExitCode(); {
	case status == 130 && wholeFiles(t, dir) == 0:
	case status == 0: // the first was enough
	default:
		t.Errorf("status %d: %s", status, stderr)
	}
}

// zombie reports whether a child has ended, before anything has waited for it.
func zombie(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err != nil || bytes.Contains(stat, []byte(") Z "))
}

// When the run is cancelled, a world of four million cubes is not built to its end.
func TestInterruptedWhileBuilding(t *testing.T) {
	cmd, dir, stderr := begun(t, "", "-bench", "-cubes", "4194304", "-size", "64x64", "-json", "a.json")
	cmd.Process.Signal(syscall.SIGINT)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if r := saved(t, filepath.Join(dir, "a.json"))[0]; r.Arena.Live >= 4194304 || r.Arena.Live < 1 || !r.Interrupted {
		t.Errorf("%d cubes, interrupted: %v", r.Arena.Live, r.Interrupted)
	}
}
