//go:build cgo

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/pattern"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// beProgram is a variable that makes this test binary run the program itself, on the main thread.
const beProgram = "BOUNCINGCUBES_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		main()
		return
	}
	// Tests may run with signals ignored, in a background job of a shell for example. The programs that they start must
	// not inherit that. They do not if the tests have a handler, since exec resets a handled signal to its default.
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
	var err error
	if built, err = os.MkdirTemp("", "bouncingcubes"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(built)
	os.Exit(status)
}

// built is a folder for programs that tests build.
var built string

// command returns the program with arguments and without a display. The caller starts it.
func command(t *testing.T, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stdout, stderr = exec.CommandContext(t.Context(), os.Args[0], args...), new(bytes.Buffer), new(bytes.Buffer)
	cmd.Env = append(os.Environ(), beProgram+"=1", "DISPLAY=", "WAYLAND_DISPLAY=")
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// refused returns the same as program, for arguments that the program refuses at once. It starts no process if it can.
func refused(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	if slices.Contains(args, "-window") { // a window needs the main thread
		return program(t, args...)
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// program runs the program, and returns its status and its output.
func program(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	cmd, out, errs := command(t, args...)
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestBadInputIsOneLineAndStatus2(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "no", "such", "folder")
	for _, args := range [][]string{
		{"-unknown"},
		{"stray"},
		{"-cubes", "0"}, {"-cubes", "-5"}, {"-cubes", "4194305"}, {"-cubes", "many"},
		{"-workers", "0"}, {"-workers", "1025"},
		{"-tick", "0"}, {"-tick", "NaN"}, {"-tick", "1001"},
		{"-seed", "-1"},
		{"-frames", "-1"}, {"-frames", "0"},
		{"-size", "0x0"}, {"-size", "1280"}, {"-size", "1280x720x2"},
		{"-msaa", "2"},
		{"-look", "pretty"},
		{"-upload", "fast"},
		{"-backend", "glide"},
		{"-adapter", "no such adapter", "-offscreen", "-frames", "1"},
		{"-offscreen", "-window"},
		{"-window", "-frames", "1"}, // no display here
		{"-screenshot", filepath.Join(nowhere, "a.png")}, {"-screenshot", t.TempDir()}, {"-screenshot", "a.jpg"},
		{"-json", filepath.Join(nowhere, "a.json")}, {"-cpuprofile", filepath.Join(nowhere, "a.prof")}, {"-trace", filepath.Join(nowhere, "a.trace")},
		{"-plot", "a.gif"}, {"-plot", filepath.Join(nowhere, "a.svg")},
		{"-moving", "1.5"}, {"-moving", "NaN"}, {"-moving", "0.5", "-pattern", "sim"}, {"-pattern", "zigzag"},
		{"-warmup", "-1"}, {"-threshold", "-1"},
		{"-compare", "one.json"},
		{"-record", ""}, {"-screenshot", ""}, {"-json", ""}, {"-plot", ""}, {"-cpuprofile", ""}, {"-trace", ""},
		{"-record", filepath.Join(nowhere, "a.mcap")}, {"-record", t.TempDir()}, {"-record", "a.mcap", "-matrix"},
		{"-publish", ""}, {"-publish", "a.b"}, {"-publish", "a", "-bench"}, {"-nats", "nats://127.0.0.1:1"}, {"-publish", "a", "-nats", "here"},
		{"-metrics", "127.0.0.1:0"}, {"-publish", "a", "-metrics", "9090"},
		{"-web", "8080"}, {"-publish", "a", "-web", "8080"}, {"-publish", "a", "-web", "127.0.0.1:0", "-web-cert", "a"}, {"-publish", "a", "-web-key", "a"},
		{"-publish", "a", "-nats", "nats://127.0.0.1:1", "-web", "127.0.0.1:0"},
		{"-publish", "a", "-metrics", "127.0.0.1:99999"}, {"-publish", "a", "-nats", "nats://127.0.0.1:1"}, {"-web", "127.0.0.1:0", "-bench"},
		{"-listen", "nats://t@127.0.0.1:1"}, {"-publish", "a", "-listen", "127.0.0.1:1"}, {"-publish", "a", "-listen", "nats://127.0.0.1:1"},
		{"-publish", "a", "-listen", "nats://t:password@127.0.0.1:1"}, {"-publish", "a", "-listen", "nats://t@127.0.0.1:1/path"},
		{"-publish", "a", "-listen", "nats://t@127.0.0.1:1", "-nats", "nats://127.0.0.1:1"}, {"-publish", "a", "-listen", "nats://t@0.0.0.0:1"},
		{"-publish", "a", "-listen", "nats://t.t@127.0.0.1:1"}, {"-publish", "a", "-listen", "nats://t@127.0.0.1:99999"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			status, stdout, stderr := refused(t, args...)
			if status != 2 {
				t.Errorf("status %d, want 2", status)
			}
			if stdout != "" {
				t.Errorf("stdout: %q", stdout)
			}
			if strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "bouncingcubes: ") {
				t.Errorf("stderr is not one line: %q", stderr)
			}
		})
	}
}

func TestHelpAndVersionEndWithStatus0(t *testing.T) {
	for _, arg := range []string{"-help", "-version"} {
		status, stdout, stderr := program(t, arg)
		if status != 0 || stdout == "" || stderr != "" {
			t.Errorf("%s: status %d, stdout %q, stderr %q", arg, status, stdout, stderr)
		}
	}
}

func TestListAdaptersNamesEachOnALine(t *testing.T) {
	status, stdout, stderr := program(t, "-list-adapters")
	if status != 0 || len(strings.Split(strings.TrimSpace(stdout), "\n")) < 2 || !strings.Contains(stdout, "vulkan") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

func TestSameSeedSamePictureWhateverTheWorkers(t *testing.T) {
	dir := t.TempDir()
	picture := func(name string, args ...string) []byte {
		path := filepath.Join(dir, name)
		args = append([]string{"-offscreen", "-cubes", "600", "-frames", "30", "-size", "320x180", "-look", "plain", "-screenshot", path}, args...)
		if status, _, stderr := program(t, args...); status != 0 {
			t.Fatalf("%v: status %d: %s", args, status, stderr)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	first := picture("a.png", "-workers", "1", "-seed", "7")
	if !bytes.Equal(first, picture("b.png", "-workers", "4", "-seed", "7")) {
		t.Error("same seed, other picture")
	}
	if bytes.Equal(first, picture("c.png", "-workers", "4", "-seed", "8")) {
		t.Error("other seed, same picture")
	}
}

func TestNoDisplayDrawsOffscreenAndSaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cubes.png")
	status, stdout, stderr := program(t, "-cubes", "50", "-frames", "2", "-size", "64x64", "-screenshot", path)
	if status != 0 || !strings.Contains(stdout, "no display") || !strings.Contains(stdout, path) {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// A run that is cancelled before the first frame still draws one.
func TestInterruptedRunWritesTheFrameItCameTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "cubes.png")
	var out, errs bytes.Buffer
	status := run(ctx, []string{"-offscreen", "-cubes", "50", "-frames", "100000", "-size", "64x64", "-screenshot", path}, &out, &errs)
	if status != 0 || !strings.Contains(out.String(), "frame 1,") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.String(), errs.String())
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// The libraries know the words that the command line accepts.
func TestWordsAreKnown(t *testing.T) {
	for _, word := range cli.Looks {
		var look render.Look
		if err := look.UnmarshalText([]byte(word)); err != nil || look.String() != word {
			t.Errorf("-look %s: %v, %v", word, look, err)
		}
	}
	for _, word := range cli.Uploads {
		var strategy upload.Strategy
		if err := strategy.UnmarshalText([]byte(word)); err != nil || strategy.String() != word {
			t.Errorf("-upload %s: %v, %v", word, strategy, err)
		}
	}
	for _, word := range options.Patterns[1:] { // sim is none
		if kind, err := pattern.ParseKind(word); err != nil || kind.String() != word {
			t.Errorf("-pattern %s: %v, %v", word, kind, err)
		}
	}
}

// The device knows the largest size of a picture, once it is open.
func TestPictureTooLarge(t *testing.T) {
	for _, size := range []string{"100000x1", "1x9223372036854775807"} {
		status, _, stderr := program(t, "-offscreen", "-cubes", "50", "-size", size)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		if last := lines[len(lines)-1]; status != 2 || !strings.Contains(last, "each side must be 1 to") {
			t.Errorf("status %d, %q", status, last)
		}
	}
}
