//go:build linux && cgo

package main

import (
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render/window/windowtest"
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
	if status != 0 || !strings.Contains(stdout, "20 bodies of plain") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

// A recording of two writers replays with each writer's own mesh, colours, up axis and unit: it looks as the writers
// did. A recording of the replay does, too.
func TestRecordingOfTwoWriters(t *testing.T) {
	dir := t.TempDir()
	address := filepath.Join(dir, "s")
	writer(t, address, rowOf("balls", "mat4", `{"mesh": "sphere", "colors": ["#ff0000", "#0000ff"], "up": "z", "bounds": [-1, -1, -1, 20, 3, 3]}`))
	writer(t, address, rowOf("arrows", "mat4", `{"mesh": "arrow", "colors": "#00ff00", "unit": 1.5}`))
	args := append(little, "-shared", address, "-frames", "300", "-screenshot", "a.png", "-record", "a.mcap")
	status, stdout, stderr := program(t, dir, args...)
	if status != 0 || !strings.Contains(stdout, "a.png: 40 bodies of ") {
		t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	live := windowtest.ReadPNG(t, filepath.Join(dir, "a.png"))
	for _, name := range []string{"a", "b"} {
		status, stdout, stderr := program(t, dir, append(little, name+".mcap", "-from", "1e9", "-frames", "5", "-screenshot", "c.png", "-record", "b"+name+".mcap")...)
		if status != 0 || !strings.Contains(stdout, "40 bodies of ") || !strings.Contains(stdout, "balls") || !strings.Contains(stdout, "arrows") {
			t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
		}
		os.Rename(filepath.Join(dir, "ba.mcap"), filepath.Join(dir, "b.mcap"))
		differ := 0
		for i, v := range windowtest.ReadPNG(t, filepath.Join(dir, "c.png")).Pix {
			if d := int(v) - int(live.Pix[i]); d > 8 || d < -8 {
				differ++
			}
		}
		if differ > 20 {
			t.Errorf("%s.mcap: %d values of the picture differ from the live one", name, differ)
		}
	}
	if status, stdout, _ := program(t, dir, "convert", "a.mcap", "c.mcap"); status != 0 ||
		!strings.Contains(stdout, "/balls/scene, /balls/poses") || !strings.Contains(stdout, "/arrows/scene, /arrows/poses") {
		t.Errorf("convert: status %d, %s", status, stdout)
	}
}

// A picture waits for the first commit of a writer, not for its connection alone.
func TestPictureWaitsForACommit(t *testing.T) {
	dir := t.TempDir()
	address := filepath.Join(dir, "s")
	writer(t, address, `
w = slotstream.Writer("slow", 3, address=address)
while not w.alive(): time.sleep(0.01)
time.sleep(1)
while True:
    w.poses([(i, 0, 0) for i in range(3)])
    w.commit()
    time.sleep(0.01)
`)
	status, stdout, stderr := program(t, dir, append(little, "-shared", address, "-frames", "10", "-screenshot", "a.png")...)
	if status != 0 || !strings.Contains(stdout, "a.png: 3 bodies of slow") {
		t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}

// The swarms of examples/shared/swarm come by themselves and are drawn: Python, C, and C++ where there is a compiler.
func TestSwarm(t *testing.T) {
	const swarm = "../../examples/shared/swarm/swarm."
	clients := map[string][]string{"swarm": {"/usr/bin/python3", "-B", swarm + "py"}}
	for suffix, compiler := range map[string]string{"c": "cc", "cpp": "c++"} {
		if _, err := exec.LookPath(compiler); err != nil && suffix == "cpp" {
			t.Logf("swarm.cpp: not tested: %v", err)
			continue
		}
		binary := filepath.Join(t.TempDir(), "swarm")
		out, err := exec.Command(compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-I../../arena/shared/clients", "-o", binary, swarm+suffix, "-lm").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		clients["swarm."+suffix] = []string{"bash", "-c", `until [ -S "$SLOTSTREAM_SOCKET" ]; do sleep 0.01; done; exec ` + binary}
	}
	for name, args := range clients {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			address := filepath.Join(dir, "s")
			client := exec.CommandContext(t.Context(), args[0], args[1:]...)
			client.Env = append(os.Environ(), "SLOTSTREAM_SOCKET="+address)
			if err := client.Start(); err != nil {
				windowtest.Missing(t, err)
			}
			defer client.Wait()
			defer client.Process.Kill()
			status, stdout, stderr := program(t, dir, append(little, "-shared", address, "-frames", "10", "-screenshot", "a.png")...)
			if status != 0 || !strings.Contains(stdout, "a.png: 1,000 bodies of "+name+",") {
				t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
			}
		})
	}
}

// A video of a live writer has as many pictures as asked, at exact times of the writer's clock, however long one takes:
// the body moves a metre each second of that clock, which goes at half the speed of ours.
func TestVideoOfAWriter(t *testing.T) {
	dir := t.TempDir()
	address := filepath.Join(dir, "s")
	writer(t, address, `
w, n = slotstream.Writer("flier", 1, address=address, metadata={"bounds": [-2, 0, -2, 2, 1, 2], "colors": "#ff0000"}), 0
while True:
    w.poses([(n / 200, 0.5, 0)])
    if w.commit(5000 + n, 3600 + n / 200): n += 1  # a script that has run for long
    time.sleep(0.01)
`)
	status, stdout, stderr := program(t, dir, "-shared", address, "-video", "film/", "-fps", "10", "-frames", "12", "-size", "320x180")
	if status != 0 || !strings.Contains(stdout, "film/: frame 12, 0:01.1 of 0:01.") || !strings.Contains(stdout, "1 body of flier") {
		t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	pictures, err := filepath.Glob(filepath.Join(dir, "film", "*.png"))
	if err != nil || len(pictures) != 12 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	var x []float64
	for _, path := range pictures {
		x = append(x, red(windowtest.ReadPNG(t, path)))
	}
	for i := 1; i < len(x); i++ { // a tick is a twentieth of the way between two frames
		if way, mean := x[i]-x[i-1], (x[11]-x[0])/11; math.Abs(way-mean) > mean/4 || mean < 1 {
			t.Errorf("from frame %d to %d it moves %.2f pixels, %.2f on average", i-1, i, way, mean)
		}
	}
}

// red returns how far right the red pixels are, on average.
func red(img *image.NRGBA) (x float64) {
	n := 0.0
	for j := range img.Rect.Dy() {
		for i := range img.Rect.Dx() {
			if c := img.NRGBAAt(i, j); int(c.R) > int(c.G)+60 {
				x, n = x+float64(i), n+1
			}
		}
	}
	return x / n
}

// The viewer is killed while a Python writer runs, and started again: the writer goes on with its last values. What the
// first viewer recorded plays, and nothing else of it is left.
func TestViewerIsKilled(t *testing.T) {
	dir := t.TempDir()
	address := filepath.Join(dir, "s")
	writer(t, address, rowOf("plain", "mat4", "None"))
	first := command(t, dir, append(little, "-shared", address, "-frames", "1000000", "-record", "a.mcap")...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	windowtest.Wait(t, "the recording", func() bool { _, err := os.Stat(filepath.Join(dir, "a.mcap")); return err == nil })
	first.Process.Kill()
	first.Wait()
	status, stdout, stderr := program(t, dir, append(little, "-shared", address, "-frames", "30", "-screenshot", "b.png")...)
	if status != 0 || !strings.Contains(stdout, "plain writes 20 slots") || !strings.Contains(stdout, "b.png: 20 bodies of plain") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	status, stdout, stderr = program(t, dir, append(little, "a.mcap", "-screenshot", "c.png")...)
	if status != 0 || !strings.Contains(stdout, "20 bodies of plain") {
		t.Errorf("of the recording: status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
	for _, name := range append(left, hidden...) {
		if base := filepath.Base(name); !strings.Contains(" a.mcap b.png c.png s s.lock ", " "+base+" ") {
			t.Errorf("%s is left, %v", base, err)
		}
	}
}
