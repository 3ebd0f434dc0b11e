//go:build linux && cgo

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// beProgram is a variable that makes this test binary run the program itself, on the main thread.
const beProgram = "SLOTVIEW_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// little are the arguments of a picture that a CPU draws in a millisecond. The look studio takes 50 ms.
var little = strings.Fields("-offscreen -size 320x180 -look plain -msaa 1")

// command returns the program with arguments, in a folder and without a display. The caller starts it.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), beProgram+"=1", "DISPLAY=", "WAYLAND_DISPLAY=")
	return cmd
}

// program runs the program, and returns its status and its output.
func program(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := command(t, dir, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// writer starts a writer in Python: the lines run behind the imports.
func writer(t *testing.T, address, lines string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", `
import sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, "../../arena/shared/clients")
import slotstream
address = sys.argv[1]
`+lines, address)
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

// row is a writer of 20 bodies in a row, one of which has no place. It goes on when the viewer is gone.
const row = `
w = slotstream.Writer(NAME, 20, address=address, layout=LAYOUT, metadata=METADATA)
while True:
    w.poses([(i, float("nan") if i == 19 else 0, 0) for i in range(20)], scale=0.5)
    w.commit()
    time.sleep(0.01)
`

func rowOf(name, layout, metadata string) string {
	return strings.NewReplacer("NAME", `"`+name+`"`, "LAYOUT", `"`+layout+`"`, "METADATA", metadata).Replace(row)
}

func TestBadInputIsOneLineAndStatus2(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "no", "such", "folder")
	for _, args := range [][]string{
		{"-unknown"}, {"stray"}, {"one", "two"}, {"http://127.0.0.1:1", "a"}, {"nats://"},
		{"nats://127.0.0.1:1", "a.b"}, {"nats://127.0.0.1:1", "a", "a"}, {"nats://127.0.0.1:1", "a"}, {"nats://a:1", "nats://b:1"},
		{filepath.Join(nowhere, "a.mcap")}, {"-from", "3"}, {"-speed", "2"}, {"-loop"}, {"a.mcap", "-from", "-1"}, {"a.mcap", "-from", "NaN"},
		{"a.mcap", "-speed", "0"}, {"a.mcap", "-speed", "1001"}, {"a.mcap", "-record", "a.mcap"},
		{"-mesh", "robot"}, {"-mesh", "=a.glb"}, {"-shared", ""}, {"-shared", filepath.Join(nowhere, "socket"), "-offscreen"},
		{"-size", "0x0"}, {"-msaa", "2"}, {"-look", "pretty"}, {"-frames", "0"}, {"-offscreen", "-window"}, {"-screenshot", "a.jpg"},
		{"-record", filepath.Join(nowhere, "b.mcap")}, {"-record", ""}, {"-publish", "a.b"}, {"-nats", "nats://127.0.0.1:1"}, {"-web", "8080"},
		{"-web", "127.0.0.1:0", "-nats", "nats://127.0.0.1:1"}, {"-metrics", "127.0.0.1:0"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Setenv("DISPLAY", "")
			t.Setenv("WAYLAND_DISPLAY", "")
			var out, errs bytes.Buffer
			status := run(t.Context(), args, &out, &errs)
			if said := errs.String(); status != 2 || out.Len() > 0 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "slotview: ") {
				t.Errorf("status %d, stdout %q, stderr %q", status, &out, said)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, arg := range []string{"-help", "-version"} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), []string{arg}, &out, &errs); status != 0 || out.Len() == 0 || errs.Len() > 0 {
			t.Errorf("%s: status %d, stdout %q, stderr %q", arg, status, &out, &errs)
		}
	}
}

// The subcommands tell of a recording that slotview made, and convert it.
func TestInfoAndConvert(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address := filepath.Join(dir, "s")
	writer(t, address, `
w = slotstream.Writer("swarm", 5, address=address, wait=True, metadata={"up": "z"})
for n in range(1, 1000):
    w.poses([(n, i, 0) for i in range(5)])
    w.commit(n)
    time.sleep(0.01)`)
	if status, out, errs := program(t, dir, append(little, "-shared", address, "-frames", "20", "-record", "a.mcap")...); status != 0 {
		t.Fatal(status, out, errs)
	}
	status, out, errs := program(t, dir, "info", "a.mcap")
	said := strings.Join(strings.Fields(out), " ")
	if status != 0 || errs != "" || !strings.Contains(said, " end complete ") || !strings.Contains(said, ` group 1 (swarm) `) || !strings.Contains(said, ` up "z" writers `) {
		t.Errorf("info: status %d, %s%s", status, out, errs)
	}
	status, out, errs = program(t, dir, "convert", "a.mcap", "b.mcap")
	if status != 0 || errs != "" || !strings.HasPrefix(out, "b.mcap: ") || !strings.HasSuffix(out, ": /tf, /swarm/scene, /swarm/poses\n") {
		t.Errorf("convert: status %d, %s%s", status, out, errs)
	}
	for _, args := range []string{"convert a.mcap b.mcap", "convert a.mcap", "info b.mcap", "info none.mcap", "info -x"} {
		status, out, errs := program(t, dir, strings.Fields(args)...)
		if status != 2 || out != "" || !strings.HasPrefix(errs, "slotview: ") || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: status %d, %s%s", args, status, out, errs)
		}
	}
}

// A recording that ended before anything came is sound: info tells of it. There is nothing to show, to convert or to
// film. A recording of a world without bodies has moments, and they are shown.
func TestEmptyRecording(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		t.Fatal(err)
	}
	group := a.NewGroup()
	for _, name := range []string{"empty.mcap", "bare.mcap"} {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := record.NewRecorder(file, a, record.Config{})
		if err == nil && name == "bare.mcap" {
			group.Commit(arena.Tick{Number: 1})
			a.Descend()
			err = r.Append()
		}
		if err = errors.Join(err, r.Close(), file.Close()); err != nil {
			t.Fatal(err)
		}
		small := " " + strings.Join(little, " ")
		for _, args := range []string{
			"info " + name, "convert " + name + " to-" + name, name + " -video film.mp4" + small, name + " -video film/" + small, name + " -screenshot a.png" + small,
		} {
			status, out, errs := program(t, dir, strings.Fields(args)...)
			if works := name == "bare.mcap" || strings.HasPrefix(args, "info"); works != (status == 0) || works != (out != "") {
				t.Errorf("%s: status %d, %s%s", args, status, out, errs)
			} else if !works && (status != 2 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, name+": ") || !strings.Contains(errs, "no moment")) {
				t.Errorf("%s: status %d, %s%s", args, status, out, errs)
			}
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if name == "empty.mcap" && len(left) != 1 {
			t.Errorf("there are %v, %v", left, err)
		}
	}
}
