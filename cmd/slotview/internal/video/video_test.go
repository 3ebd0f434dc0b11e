//go:build unix

package video_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/cmd/slotview/internal/video"
)

// numbered draws the number of a frame: a column for each of eight bits, white for 1, and a field of a colour below.
func numbered(n, width, height int) *image.NRGBA {
	// Part of a larger picture: lines do not follow each other in memory.
	img := image.NewNRGBA(image.Rect(0, 0, width+3, height)).SubImage(image.Rect(2, 0, width+2, height)).(*image.NRGBA)
	for y := range height {
		for x := range width {
			c := color.NRGBA{200, 40, 90, uint8(x)} // alpha must not matter
			if y < height/2 {
				v := uint8(n>>(x*8/width)&1) * 255
				c = color.NRGBA{v, v, v, 255}
			}
			img.SetNRGBA(x+2, y, c)
		}
	}
	return img
}

// fake puts a program of the name ffmpeg in front of all others: a script of the shell. $out is its last argument.
func fake(t *testing.T, script string) { t.Setenv("PATH", fakeIn(t, script)+":"+os.Getenv("PATH")) }

func fakeIn(t testing.TB, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	text := "#!/bin/sh\nfor out; do :; done\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ffmpeg gets each pixel of each frame in order, and the file appears with Close, in place of the one before.
func TestPipe(t *testing.T) {
	fake(t, `echo "$@" >"$0.args"; cat >"$out"`)
	path := filepath.Join(t.TempDir(), "a.mp4")
	before(t, path)
	w, err := video.New(path, 30, 62, 40)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for n := range 5 {
		img := numbered(n, 62, 40)
		for y := range 40 {
			want = append(want, img.Pix[y*img.Stride:][:62*4]...)
		}
		if err := w.Frame(img); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "before" {
		t.Errorf("before Close there is %q, %v", text, err)
	}
	if runtime.GOOS == "linux" { // nothing of a process that is killed now is left
		alone(t, path)
	}
	if err := w.Close(); err != nil || w.Frames() != 5 {
		t.Fatalf("%d frames, %v", w.Frames(), err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, want %d: %v", len(got), len(want), err)
	}
	args, err := os.ReadFile(filepath.Join(strings.Split(os.Getenv("PATH"), ":")[0], "ffmpeg.args"))
	if !strings.Contains(string(args), "-pixel_format rgb0 -video_size 62x40 -framerate 30 -i pipe:0 -c:v libx264 ") {
		t.Errorf("ffmpeg is called with %s, %v", args, err)
	}
	if w.Close() != nil || w.Frame(numbered(0, 62, 40)) == nil {
		t.Error("after Close: an error of Close, or none of Frame")
	}
	alone(t, path)
}

// before makes a file that a failed video must leave as it is.
func before(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// begun begins a video of 64×40 pixels.
func begun(t *testing.T, path string) *video.Writer {
	t.Helper()
	w, err := video.New(path, 30, 64, 40)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// alone checks that nothing else is left in the folder of path.
func alone(t *testing.T, path string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("%v is left, %v", files, err)
	}
}

// If ffmpeg refuses a frame, is killed, finds the disk full or writes nothing, there is one error that says so, and the
// file that was there stays.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"refused":   {`head -c 9000 >/dev/null; echo "[libx264 @ 0x55d0] width not divisible by 2" >&2; echo "Error" >&2; exit 1`, "a.mp4: ffmpeg: libx264: width not divisible by 2"},
		"killed":    {`head -c 9000 >"$out"; kill -KILL $$`, "a.mp4: ffmpeg: signal: killed"},
		"full disk": {`cat >/dev/null; echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1`, "a.mp4: ffmpeg: av_interleaved_write_frame(): No space left on device"},
		"at once":   {`exit 3`, "a.mp4: ffmpeg: exit status 3"},
		"stops":     {`head -c 9000 >"$out"`, "a.mp4: ffmpeg: "}, // without an error of its own
		"no file":   {`cat >/dev/null`, "a.mp4: ffmpeg: it wrote no file"},
	} {
		t.Run(name, func(t *testing.T) {
			fake(t, c.script)
			path := filepath.Join(t.TempDir(), "a.mp4")
			before(t, path)
			w := begun(t, path)
			var failed error
			for n := 0; n < 100 && failed == nil; n++ { // a pipe holds 6 of them
				failed = w.Frame(numbered(n, 64, 40))
			}
			err := w.Close()
			if err == nil || !strings.HasPrefix(err.Error(), "video: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %q", err, c.want)
			}
			if failed != nil && failed != err {
				t.Errorf("Close returns %v, Frame has returned %v", err, failed)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != "before" {
				t.Errorf("there is %q, %v", text, err)
			}
			alone(t, path)
		})
	}
	t.Run("full", func(t *testing.T) { // the disk is full when the file gets its place
		if _, err := os.Stat("/dev/full"); err != nil {
			t.Skip("no /dev/full, which only Linux has")
		}
		fake(t, `cat >"$out"`)
		path := filepath.Join(t.TempDir(), "a.mp4")
		if err := os.Symlink("/dev/full", path); err != nil {
			t.Fatal(err)
		}
		w := begun(t, path)
		if err := w.Frame(numbered(1, 64, 40)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err == nil || !strings.Contains(err.Error(), "no space left on device") {
			t.Errorf("on a full disk: %v", err)
		}
		alone(t, path)
	})
	t.Run("abandoned", func(t *testing.T) {
		fake(t, `cat >"$out"`)
		path := filepath.Join(t.TempDir(), "a.mp4")
		before(t, path)
		w := begun(t, path)
		if err := w.Frame(numbered(1, 64, 40)); err != nil {
			t.Fatal(err)
		}
		w.Abandon()
		w.Abandon()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		alone(t, path)
	})
	t.Run("without frames", func(t *testing.T) {
		fake(t, `cat >"$out"`)
		path := filepath.Join(t.TempDir(), "a.mp4")
		before(t, path)
		w := begun(t, path)
		if err := w.Close(); err == nil || !strings.Contains(err.Error(), "no frame came") {
			t.Error(err)
		}
		alone(t, path)
	})
	t.Run("another size", func(t *testing.T) {
		fake(t, `cat >"$out"`)
		path := filepath.Join(t.TempDir(), "a.mp4")
		w := begun(t, path)
		if err := w.Frame(numbered(1, 40, 64)); err == nil || !strings.Contains(err.Error(), "a picture of 40×64 in a video of 64×40") {
			t.Error(err)
		}
		if w.Close() == nil {
			t.Error("Close after it succeeds")
		}
	})
}

// What New refuses, before a frame is drawn.
func TestNew(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		path               string
		fps, width, height int
		want               string
	}{
		{"a.avi", 30, 64, 64, "a.avi: want a name that ends in .mp4, .webm or .gif, or in / for a folder"},
		{"a.gif", 60, 64, 64, "a.gif: 60 frames a second: a GIF has at most 50"},
		{"a.mp4", 0, 64, 64, "0 frames a second"},
		{"a.mp4", 30, 1, 64, "pictures of 1×64"},
		{"a.mp4", 30, 64, 64, "a.mp4: the program ffmpeg is not installed: install the package ffmpeg (apt-get install ffmpeg), or give a folder for pictures, a/"},
		{"none/a.mp4", 30, 64, 64, "none"},
	} {
		if c.path == "a.mp4" {
			t.Setenv("PATH", dir)
		} else {
			fake(t, "cat")
		}
		w, err := video.New(c.path, c.fps, c.width, c.height)
		if err == nil || !strings.HasPrefix(err.Error(), "video: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
		if w != nil {
			w.Abandon()
		}
	}
}

// A folder gets a picture for each frame, without ffmpeg.
func TestFolder(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	dir := filepath.Join(t.TempDir(), "a [0-9]*", "b")
	w, err := video.New(dir+"/", 30, 61, 40)
	if err != nil {
		t.Fatal(err)
	}
	const frames = 50
	img := image.NewNRGBA(image.Rect(0, 0, 61, 40))
	for n := range frames {
		copyOf := numbered(n, 61, 40)
		for y := range 40 {
			copy(img.Pix[y*img.Stride:][:61*4], copyOf.Pix[y*copyOf.Stride:])
		}
		if err := w.Frame(img); err != nil { // keeps nothing of img
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range frames {
		file, err := os.Open(filepath.Join(dir, fmt.Sprintf("%06d.png", n+1)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		want := numbered(n, 61, 40)
		for y := range 40 {
			for x := range 61 {
				w := want.NRGBAAt(x+2, y)
				if w.A = 255; color.NRGBAModel.Convert(got.At(x, y)) != w {
					t.Fatalf("frame %d: pixel %d,%d is %v, want %v", n, x, y, got.At(x, y), w)
				}
			}
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != frames {
		t.Errorf("%d files, %v", len(files), err)
	}
	if _, err := video.New(dir, 30, 61, 40); err == nil || !strings.Contains(err.Error(), "has pictures already, 000001.png for example") {
		t.Errorf("a folder with pictures: %v", err)
	}
}

// A picture that cannot be written ends the video with its error.
func TestFolderFails(t *testing.T) {
	dir := t.TempDir()
	w, err := video.New(dir, 30, 64, 40)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "000003.png"), 0o777); err != nil {
		t.Fatal(err)
	}
	failed := false
	for n := range 50 {
		failed = w.Frame(numbered(n, 64, 40)) != nil || failed
	}
	if err := w.Close(); err == nil || !failed || !strings.Contains(err.Error(), "000003.png") {
		t.Errorf("Frame failed: %v; %v", failed, err)
	}
}

// A player sees each frame once, in order, with its colours. It takes a few seconds of CPU: ffmpeg encodes and decodes.
func TestPlayedBack(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("no ffmpeg to play a video by; the tests above check what it is given")
	}
	const frames = 131
	for _, c := range []struct {
		name               string
		fps, width, height int
	}{{"a.mp4", 60, 320, 96}, {"odd.MP4", 24, 321, 97}, {"b.webm", 30, 320, 96}, {"c.gif", 50, 320, 96}, {"d.gif", 30, 321, 97}} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			w, err := video.New(path, c.fps, c.width, c.height)
			if err != nil {
				t.Fatal(err)
			}
			for n := range frames {
				if err := w.Frame(numbered(n, c.width, c.height)); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			alone(t, path)
			width, height := c.width, c.height
			if !strings.HasSuffix(c.name, "gif") {
				width, height = width/2*2, height/2*2
			}
			// It plays in real time: frames / fps seconds.
			said, err := exec.Command(ffmpeg, "-hide_banner", "-i", path).CombinedOutput() // an error: there is no output
			length := fmt.Sprintf("Duration: 00:00:%05.2f", float64(frames)/float64(c.fps))
			if size := fmt.Sprintf(", %dx%d", width, height); !bytes.Contains(said, []byte(size)) || !bytes.Contains(said, []byte(length[:len(length)-1])) {
				t.Errorf("want %s and %s: %s, %v", size, length, said, err)
			}
			play := exec.Command(ffmpeg, "-loglevel", "error", "-i", path, "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1")
			play.Stderr = os.Stderr
			pixels, err := play.Output()
			if err != nil || len(pixels) != frames*width*height*3 {
				t.Fatalf("%d bytes of frames, want %d: %v", len(pixels), frames*width*height*3, err)
			}
			for n := range frames {
				picture := pixels[n*width*height*3:][:width*height*3]
				got := 0
				for bit := range 8 {
					if picture[(height/4*width+(2*bit+1)*c.width/16)*3] > 127 {
						got |= 1 << bit
					}
				}
				if got != n {
					t.Fatalf("frame %d shows number %d", n, got)
				}
				field := picture[(height*3/4*width+width/2)*3:][:3]
				for k, want := range []int{200, 40, 90} {
					if d := int(field[k]) - want; d < -9 || d > 9 {
						t.Fatalf("frame %d: the field has the colour %v, want 200 40 90", n, field)
					}
				}
			}
		})
	}
}
