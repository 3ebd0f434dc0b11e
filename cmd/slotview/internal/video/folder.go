package video

import (
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"

	"github.com/slotstream/slotstream/render/wholefile"
)

// A folder is a video of pictures 000001.png and so on. Several goroutines compress them, each one picture: that takes
// longer than drawing them.
type folder struct {
	path    string
	numbers int
	jobs    chan job
	free    chan *image.NRGBA // copies of frames
	workers sync.WaitGroup

	mu  sync.Mutex
	err error // the first
}

type job struct {
	number int
	img    *image.NRGBA
}

func newFolder(path string) (sink, error) {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", path, err)
	}
	there, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", path, err)
	}
	for _, e := range there {
		if picture.MatchString(e.Name()) {
			return nil, fmt.Errorf("%s has pictures already, %s for example: remove them, or choose another folder", path, e.Name())
		}
	}
	f := &folder{path: path}
	if err := wholefile.Check(f.name(1)); err != nil {
		return nil, err
	}
	n := max(runtime.GOMAXPROCS(0), 2)
	f.jobs, f.free = make(chan job), make(chan *image.NRGBA, n+1)
	for range n + 1 {
		f.free <- new(image.NRGBA)
	}
	for range n {
		f.workers.Go(f.work)
	}
	return f, nil
}

var picture = regexp.MustCompile(`^[0-9]{6,}\.png$`)

func (f *folder) name(number int) string {
	return filepath.Join(f.path, fmt.Sprintf("%06d.png", number))
}

func (f *folder) work() {
	var picture pictureWriter
	for j := range f.jobs {
		err := wholefile.Write(f.name(j.number), func(w io.Writer) error { return picture.write(w, j.img) })
		if err != nil {
			f.mu.Lock()
			if f.err == nil {
				f.err = err
			}
			f.mu.Unlock()
		}
		f.free <- j.img
	}
}

func (f *folder) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *folder) frame(img *image.NRGBA) error {
	to := <-f.free
	if err := f.failure(); err != nil {
		f.free <- to
		return err
	}
	width, height := 4*img.Rect.Dx(), img.Rect.Dy()
	if len(to.Pix) != width*height {
		to.Pix = make([]byte, width*height)
	}
	to.Rect, to.Stride = image.Rect(0, 0, img.Rect.Dx(), height), width
	for y := range height {
		copy(to.Pix[y*width:][:width], img.Pix[y*img.Stride:])
	}
	f.numbers++
	f.jobs <- job{f.numbers, to}
	return nil
}

func (f *folder) finish() error {
	close(f.jobs)
	f.workers.Wait()
	return f.failure()
}

func (f *folder) abandon() { f.finish() }
