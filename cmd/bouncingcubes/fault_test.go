//go:build linux && cgo

package main

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// fullDisk is a variable for beProgram: no file can have more bytes than it says, as on a full disk.
const fullDisk = "BOUNCINGCUBES_TEST_FULL_DISK"

func init() {
	if os.Getenv(beProgram) == "" || os.Getenv(fullDisk) == "" {
		return
	}
	room, err := strconv.ParseUint(os.Getenv(fullDisk), 10, 64)
	if err != nil {
		panic(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // what is left is the error of the write
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: room, Max: room}); err != nil {
		panic(err)
	}
}

// wholeFiles checks that a folder has only files of the given names, and that each file is complete. It returns their
// number.
func wholeFiles(t *testing.T, dir string, names ...string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		whole := len(data) > 0
		switch filepath.Ext(e.Name()) {
		case ".png":
			_, err := png.Decode(bytes.NewReader(data))
			whole = err == nil
		case ".json":
			whole = json.Valid(data)
		case ".svg":
			whole = bytes.HasSuffix(bytes.TrimSpace(data), []byte("</svg>"))
		case ".mcap":
			rec, err := record.Open(bytes.NewReader(data), int64(len(data)))
			whole = err == nil && !rec.Truncated()
		}
		if !whole || !slices.Contains(names, e.Name()) {
			t.Errorf("%s: left behind, or not whole: %d bytes", e.Name(), len(data))
		}
	}
	return len(entries)
}

// SIGINT ends the program at any moment, and all files that it leaves are complete. Once the program has started, it
// ends with status 0, and leaves all files that the flags name.
//
// It takes 10 seconds of CPU: the program is started about seventy times.
func TestInterruptAtAnyMoment(t *testing.T) {
	endless := []string{"-cubes", "200", "-size", "64x64", "-look", "plain", "-msaa", "1", "-frames", "1000000"}
	for name, c := range map[string]struct{ args, files []string }{
		"picture":  {[]string{"-offscreen", "-screenshot", "a.png"}, []string{"a.png"}},
		"fountain": {[]string{"-offscreen", "-fountain", "-screenshot", "a.png"}, []string{"a.png"}},
		"bench":    {[]string{"-bench", "-warmup", "1", "-json", "a.json", "-plot", "a.svg", "-cpuprofile", "a.prof"}, []string{"a.json", "a.svg", "a.prof"}},
		"free":     {[]string{"-bench", "-free", "-warmup", "1", "-json", "a.json"}, []string{"a.json"}},
		"window":   {[]string{"-window"}, nil},
		"record":   {[]string{"-offscreen", "-screenshot", "a.png", "-record", "a.mcap"}, []string{"a.png", "a.mcap"}},
		"taped":    {[]string{"-bench", "-warmup", "1", "-json", "a.json", "-record", "a.mcap"}, []string{"a.json", "a.mcap"}},
		"matrix":   {[]string{"-bench", "-matrix", "-json", "a.json", "-plot", "a.png"}, []string{"a.json", "a.png"}},
	} {
		t.Run(name, func(t *testing.T) {
			var screen []string // the environment
			if name == "window" {
				screen = windowtest.NewScreen(t).Env()
			}
			// The delay selects the moment. It doubles until the program had time to start.
			for delay := time.Millisecond; ; delay *= 2 {
				dir := t.TempDir()
				cmd, _, stderr := command(t, append(slices.Clone(endless), c.args...)...)
				cmd.Args[0], _ = filepath.Abs(cmd.Path)
				cmd.Path, cmd.Dir = cmd.Args[0], dir
				cmd.Env = append(cmd.Env, screen...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(delay)
				if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				cmd.Wait()
				files := wholeFiles(t, dir, c.files...)
				state := cmd.ProcessState.Sys().(syscall.WaitStatus)
				switch {
				case state.Signaled() && state.Signal() == syscall.SIGINT && files == 0: // before main began
				case state.ExitStatus() == 0 && files == len(c.files):
					if delay > 200*time.Millisecond {
						return
					}
				default:
					t.Fatalf("interrupted after %v: %v, %d files: %s", delay, cmd.ProcessState, files, stderr)
				}
			}
		})
	}
}

// On a full disk the program fails with an error message of one line, and leaves the older file.
func TestFullDisk(t *testing.T) {
	t.Setenv(fullDisk, "100")
	for _, args := range [][]string{
		{"-offscreen", "-screenshot"}, {"-bench", "-json"}, {"-bench", "-plot"}, {"-bench", "-cpuprofile"}, {"-bench", "-trace"},
		{"-bench", "-record"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, map[string]string{"-screenshot": "a.png", "-plot": "a.svg"}[args[1]])
			if path == dir {
				path = filepath.Join(dir, "a"+args[1])
			}
			args = append(slices.Clone(args), path, "-cubes", "50", "-frames", "3", "-size", "64x64")
			for _, before := range []string{"", "what was there before"} {
				if before != "" {
					if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				status, _, stderr := program(t, args...)
				_, message, ok := strings.Cut(stderr, "bouncingcubes: ")
				if status != 1 || !ok || strings.Count(message, "\n") != 1 || !strings.Contains(message, "file too large") {
					t.Errorf("status %d: %s", status, stderr)
				}
				names, err := filepath.Glob(filepath.Join(dir, "*"))
				data, _ := os.ReadFile(path)
				if err != nil || string(data) != before || len(names) != min(1, len(before)) {
					t.Errorf("left: %v, %q", names, data)
				}
			}
		})
	}
}
