package video

import (
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/slotstream/slotstream/render/wholefile"
)

// encodings has ffmpeg's options for each extension, between the input and the output.
//
// A player of HD video takes colours for bt709, but ffmpeg encodes pictures as bt601 unless it is told. yuv420p, the
// one format that every player shows, has a colour for each two rows and columns. Each frame of a GIF has a palette of
// its own: to make one for all, ffmpeg would keep all frames in memory.
var encodings = map[string][]string{
	".mp4": append([]string{"-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-movflags", "+faststart", "-f", "mp4"}, yuv...),
	".webm": append([]string{"-c:v", "libvpx-vp9", "-crf", "30", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1",
		"-f", "webm"}, yuv...),
	".gif": {"-filter_complex", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=bayer", "-f", "gif"},
}

var yuv = []string{"-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p",
	"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"}

const mostGIF = 50 // frames a second: browsers show faster ones slower

// A file is a video that ffmpeg encodes:
//
//	Frame ── pixels ──► ffmpeg ──► temporary file ── Close ──► path
//
// The temporary file is necessary because ffmpeg goes back to write the beginning of a file. It lies beside path. On
// Linux it has no name, so that nothing of it is left if the process is killed.
type file struct {
	path      string
	temporary *os.File
	in        io.WriteCloser // ffmpeg's input
	command   *exec.Cmd
	said      head
	ended     chan struct{}
	result    error // of ffmpeg, once ended is closed
}

func newFile(path string, fps, width, height int) (sink, error) {
	extension := strings.ToLower(filepath.Ext(path))
	encoding, ok := encodings[extension]
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: want a name that ends in .mp4, .webm or .gif, or in / for a folder of pictures", path)
	case extension == ".gif" && fps > mostGIF:
		return nil, fmt.Errorf("%s: %d frames a second: a GIF has at most %d", path, fps, mostGIF)
	}
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, fmt.Errorf("%s: the program ffmpeg is not installed: install the package ffmpeg (apt-get install ffmpeg), "+
			"or give a folder for pictures, %s/", path, strings.TrimSuffix(path, filepath.Ext(path)))
	}
	if err := wholefile.Check(path); err != nil {
		return nil, err
	}
	f := &file{path: path, ended: make(chan struct{})}
	if f.temporary, err = os.CreateTemp(filepath.Dir(path), ".slotview-"); err != nil { // /dev/stdout, for example
		f.temporary, err = os.CreateTemp("", "slotview-")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", path, err)
	}
	name := f.temporary.Name()
	if runtime.GOOS == "linux" {
		os.Remove(name)
		name = "/proc/self/fd/3" // ffmpeg's, of ExtraFiles
	}
	args := []string{"-hide_banner", "-loglevel", "error", "-nostdin", "-f", "rawvideo", "-pixel_format", "rgb0",
		"-video_size", fmt.Sprintf("%dx%d", width, height), "-framerate", fmt.Sprint(fps), "-i", "pipe:0"}
	f.command = exec.Command(program, append(append(args, encoding...), "-y", name)...)
	f.command.ExtraFiles = inherited(f.temporary)
	f.command.Stderr = &f.said
	ofItsOwn(f.command)
	if f.in, err = f.command.StdinPipe(); err == nil {
		err = f.command.Start()
	}
	if err != nil {
		f.forget()
		return nil, fmt.Errorf("cannot write %s: %w", path, err)
	}
	go func() {
		f.result = f.command.Wait()
		close(f.ended)
	}()
	return f, nil
}

// inherited returns what ffmpeg inherits: the file, where it has no name.
func inherited(f *os.File) []*os.File {
	if runtime.GOOS == "linux" {
		return []*os.File{f}
	}
	return nil // Windows cannot, and elsewhere there is a name
}

// forget removes the temporary file.
func (f *file) forget() {
	f.temporary.Close()
	os.Remove(f.temporary.Name())
}

func (f *file) frame(img *image.NRGBA) error {
	width, height := 4*img.Rect.Dx(), img.Rect.Dy()
	if img.Stride == width {
		return f.write(img.Pix[:width*height])
	}
	for y := range height {
		if err := f.write(img.Pix[y*img.Stride:][:width]); err != nil {
			return err
		}
	}
	return nil
}

// write writes pixels. If ffmpeg does not take them, its end says why.
func (f *file) write(b []byte) error {
	if _, err := f.in.Write(b); err != nil {
		f.in.Close()
		<-f.ended
		return f.failure(err)
	}
	return nil
}

// failure is the error of an ffmpeg that ended. err is the error where ffmpeg says nothing.
func (f *file) failure(err error) error {
	switch said := f.said.line(); {
	case said != "":
		return fmt.Errorf("ffmpeg: %s", said)
	case f.result != nil:
		return fmt.Errorf("ffmpeg: %w", f.result)
	}
	return fmt.Errorf("ffmpeg: %w", err)
}

func (f *file) finish() error {
	defer f.forget()
	f.in.Close()
	if <-f.ended; f.result != nil {
		return f.failure(nil)
	}
	if info, err := f.temporary.Stat(); err == nil && info.Size() == 0 {
		return f.failure(errors.New("it wrote no file"))
	}
	return wholefile.Write(f.path, func(w io.Writer) error {
		_, err := io.Copy(w, f.temporary) // from its beginning: ffmpeg opened it by itself
		return err
	})
}

func (f *file) abandon() {
	f.command.Process.Kill()
	f.in.Close()
	<-f.ended
	f.forget()
}

// A head keeps the beginning of what is written to it.
type head struct{ text []byte }

func (h *head) Write(b []byte) (int, error) {
	h.text = append(h.text, b[:min(len(b), 4096-len(h.text))]...)
	return len(b), nil
}

var address = regexp.MustCompile(`^\[(\S+) @ 0x[0-9a-f]+\] `)

// line returns the first line, which names the cause, without ffmpeg's addresses.
func (h *head) line() string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(h.text)), "\n")
	return address.ReplaceAllString(line, "$1: ")
}
