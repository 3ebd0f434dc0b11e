//go:build linux

package render_test

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/slotstream/slotstream/render"
)

// noise is a picture that does not compress: about 4 bytes a pixel.
func noise(width, height int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range img.Pix {
		img.Pix[i] = byte(rng.Uint32())
	}
	return img
}

func TestWritePNG(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	for _, size := range []int{64, 16} { // anew, then over it
		if err := render.WritePNG(path, noise(size, size)); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if img, err := png.Decode(bytes.NewReader(data)); err != nil || img.Bounds().Dx() != size {
			t.Fatal(err, img)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o644 {
		t.Error(err, info.Mode())
	}
}

func TestFullDiskLeavesPictureWholeOrAbsent(t *testing.T) {
	const child = "SLOTSTREAM_TEST_FULL_DISK"
	if os.Getenv(child) == "" { // in a process of its own: every file that it writes is cut short
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), child+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	dir := t.TempDir()
	old, absent := filepath.Join(dir, "old.png"), filepath.Join(dir, "absent.png")
	if err := render.WritePNG(old, noise(8, 8)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // what is left is the error of the write
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}))
	for _, path := range []string{old, absent} {
		if err := render.WritePNG(path, noise(64, 64)); err == nil {
			t.Errorf("%s: 16 KiB were written to a disk with 1,000 bytes", path)
		}
	}
	if now, err := os.ReadFile(old); err != nil || !bytes.Equal(now, before) {
		t.Errorf("the old picture has changed: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v %v", entries, err)
	}
	if err := render.WritePNG("/dev/full", noise(8, 8)); err == nil {
		t.Error("/dev/full took a picture")
	}
	if info, err := os.Stat("/dev/full"); err == nil && info.Mode().IsRegular() {
		t.Error("/dev/full was replaced by a file")
	}
}
