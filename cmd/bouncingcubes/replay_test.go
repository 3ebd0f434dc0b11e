//go:build linux && cgo

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/foxglove/mcap/go/mcap"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// little are the arguments of a picture that a CPU draws in a millisecond. The look studio takes 50 ms.
const little = " -offscreen -size 320x180 -look plain -msaa 1 "

// The moments of a recording look as they did, to the byte: of a world that moves, of a world that came to rest, of a
// fountain, and of matrices.
//
// It takes 12 seconds of CPU: the program is started twenty times, at half a second each.
func TestReplayIsTheLivePicture(t *testing.T) {
	for name, script := range map[string]string{
		"cubes": `$B -cubes 600 -frames 120 -record a.mcap -screenshot 3.png; $B -cubes 600 -frames 1 -screenshot 1.png; $B -cubes 600 -frames 60 -screenshot 2.png
			$V a.mcap -from 0.017 -screenshot 1r.png; $V a.mcap -from 1 -screenshot 2r.png; $V a.mcap -from 1e300 -screenshot 3r.png`,
		"speed": `$B -cubes 600 -frames 120 -record a.mcap -screenshot 1.png; $V a.mcap -frames 61 -speed 2 -screenshot 1r.png
			$B -cubes 600 -frames 30 -screenshot 2.png; $V a.mcap -from 1.5 -frames 61 -speed -1 -screenshot 2r.png`,
		"rest":     `$B -cubes 30 -frames 1000 -record a.mcap -screenshot 1.png; $V a.mcap -from 15 -screenshot 1r.png`,
		"fountain": `$B -cubes 600 -fountain -tick 20 -frames 60 -record a.mcap -screenshot 1.png; $V a.mcap -from 3 -screenshot 1r.png`,
		"plain": `$B -bench -pattern stride -cubes 300 -warmup 1 -frames 20 -size 320x180 -record a.mcap -screenshot 1.png >table
			$V a.mcap -from 9 -screenshot 1r.png`,
		"studio": `$B -look studio -msaa 4 -cubes 100 -frames 10 -record a.mcap -screenshot 1.png; $V -look studio -msaa 4 a.mcap -from 9 -screenshot 1r.png`,
		"stdout": `$B -cubes 600 -frames 30 -record - -screenshot 1.png >a.mcap; $V a.mcap -from 9 -screenshot 1r.png`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			script = strings.NewReplacer("$B -bench", "$B -bench", "$B ", "$B"+little, "$V ", "$V"+little).Replace(script)
			status, stdout, stderr := shell(t, dir, "set -e\n"+script+"\nfor f in ?r.png; do cmp $f ${f/r/}; done; cmp 1.png 1r.png")
			if status != 0 {
				t.Errorf("status %d: %s%s", status, stdout, stderr)
			}
		})
	}
}

// The program plays the undamaged parts of a recording, and warns of damage and of a missing end.
func TestDamagedReplay(t *testing.T) {
	dir := t.TempDir()
	if status, _, stderr := shell(t, dir, "$B"+little+"-cubes 100 -frames 240 -record a.mcap -screenshot 1.png"); status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "a.mcap"))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := mcap.NewReader(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	info, err := reader.Info()
	if err != nil || len(info.ChunkIndexes) < 3 {
		t.Fatalf("%+v, %v: want chunks before the last one", info, err)
	}
	last := info.ChunkIndexes[len(info.ChunkIndexes)-1].ChunkStartOffset
	damaged := bytes.Clone(whole)
	damaged[last+100] ^= 1 // every way to the end uses this chunk
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"damaged": {damaged, "damaged"},
		"cut":     {whole[:last+100], "was cut off"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "b.mcap"), c.file, 0o644); err != nil {
			t.Fatal(err)
		}
		status, stdout, stderr := shell(t, dir, "$V"+little+"b.mcap -from 1e9 -screenshot b.png")
		if status != 0 || strings.Count(stderr, "slotview: ") != 1 || !strings.Contains(stderr, c.says) || !strings.Contains(stdout, "100 bodies") {
			t.Errorf("%s: status %d, stdout %q, stderr %q", name, status, stdout, stderr)
		}
	}
	nothing := bytes.Clone(whole)
	for _, c := range info.ChunkIndexes {
		nothing[c.ChunkStartOffset+100] ^= 1
	}
	if err := os.WriteFile(filepath.Join(dir, "d.mcap"), nothing, 0o644); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := shell(t, dir, "$V"+little+"d.mcap -screenshot d.png")
	if status != 1 || stdout != "" || !strings.Contains(stderr, "damaged") {
		t.Errorf("damaged everywhere: status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	status, _, stderr = shell(t, dir, "head -c 100 a.mcap >c.mcap; $V"+little+"c.mcap -screenshot c.png")
	if status != 2 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("a beginning alone: status %d, stderr %q", status, stderr)
	}
}

// A program that is killed leaves a recording under its name, which can be played to its last complete part.
func TestKilledWhileRecording(t *testing.T) {
	cmd, dir, _ := begun(t, "", "-bench", "-cubes", "200", "-frames", "1000000", "-size", "64x64", "-record", "a.mcap")
	path := filepath.Join(dir, "a.mcap")
	windowtest.Wait(t, "a recording", func() bool {
		info, err := os.Stat(path)
		return err == nil && info.Size() > 100_000
	})
	cmd.Process.Signal(syscall.SIGKILL)
	cmd.Wait()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := record.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil || !rec.Truncated() || rec.Duration() == 0 {
		t.Fatalf("%v, %+v", err, rec)
	}
	status, stdout, stderr := shell(t, dir, "$V"+little+"a.mcap -from 1e9 -screenshot a.png")
	if status != 0 || !strings.Contains(stderr, "was cut off") || !strings.Contains(stdout, "200 bodies") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

// A second recorder of a name is refused before its run, and the first one loses nothing. A recorder whose file
// loses its name says so.
func TestRecorderKeepsItsName(t *testing.T) {
	recorder := func() (cmd *exec.Cmd, dir string, stderr *bytes.Buffer) {
		cmd, dir, stderr = begun(t, "", "-bench", "-cubes", "200", "-frames", "1000000", "-size", "64x64", "-record", "a.mcap")
		windowtest.Wait(t, "a recording", func() bool {
			info, err := os.Stat(filepath.Join(dir, "a.mcap"))
			return err == nil && info.Size() > 10_000
		})
		return cmd, dir, stderr
	}
	end := func(cmd *exec.Cmd) (status int) {
		cmd.Process.Signal(syscall.SIGINT)
		cmd.Wait()
		return cmd.ProcessState.ExitCode()
	}
	first, dir, _ := recorder()
	status, stdout, stderr := shell(t, dir, "$B"+little+"-cubes 50 -frames 2 -record a.mcap -screenshot b.png")
	if _, err := os.Stat(filepath.Join(dir, "b.png")); status != 1 || err == nil || !strings.Contains(stderr, "cannot write a.mcap: it is being written already") {
		t.Errorf("a second recorder: status %d, stdout %q, stderr %q, b.png %v", status, stdout, stderr, err)
	}
	if status := end(first); status != 0 {
		t.Errorf("the first recorder ends with status %d", status)
	}
	if status, stdout, stderr := shell(t, dir, "$V"+little+"a.mcap -from 1e9 -screenshot c.png"); status != 0 || !strings.Contains(stdout, "200 bodies") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}

	robbed, dir, said := recorder()
	if err := os.Remove(filepath.Join(dir, "a.mcap")); err != nil {
		t.Fatal(err)
	}
	if status := end(robbed); status != 1 || !strings.Contains(said.String(), "moved, deleted or replaced") {
		t.Errorf("a recorder whose file was deleted: status %d, %s", status, said)
	}
}

// A disk that fills up ends the recording, and not the program. The recording can be played as far as it came.
func TestDiskFillsUpWhileRecording(t *testing.T) {
	for script, room := range map[string]string{
		`$B` + little + `-cubes 200 -frames 240 -record a.mcap -screenshot a.png`:       "200000",
		`$B -bench -cubes 200 -frames 240 -size 64x64 -record a.mcap -screenshot a.png`: "500000",
	} {
		dir := t.TempDir()
		status, stdout, stderr := shell(t, dir, fullDisk+"="+room+" "+script)
		if status != 1 || strings.Count(stderr, "bouncingcubes: ") != 1 || !strings.Contains(stderr, "cannot write a.mcap: file too large") {
			t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
		}
		status, stdout, stderr = shell(t, dir, "test -s a.png; $V"+little+"a.mcap -from 1 -screenshot b.png")
		if status != 0 || !strings.Contains(stdout, "200 bodies") {
			t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
		}
	}
}
