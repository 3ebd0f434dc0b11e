// Package video writes pictures as a video: a file, by the program ffmpeg, or a folder of pictures, without it.
//
//	w, err := video.New("run.mp4", 30, 1280, 720)
//	for each frame {
//		err = w.Frame(picture)
//	}
//	err = w.Close()
//
// Every Frame becomes one frame of the video: none is left out, and none comes twice. A file appears under its name
// when Close has completed it. Before that, and after an error, an earlier file of that name is still there. Pictures
// of a folder appear one by one, each as a whole.
package video

import (
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// A Writer writes a video. It belongs to one goroutine.
type Writer struct {
	path          string
	width, height int
	to            sink
	frames        int
	err           error // the first, which ended the video
	closed        bool
}

// A sink takes the frames of a Writer, which all have the Writer's size.
type sink interface {
	frame(img *image.NRGBA) error
	finish() error // completes the video
	abandon()      // removes what there is of it; finish or abandon is the last call
}

var errClosed = errors.New("the video is closed")

// New begins a video of that many frames a second, in pictures of that size. A path that ends in .mp4, .webm or .gif is
// a file, which ffmpeg encodes. A path that ends in a slash, or names a folder, is a folder for pictures 000001.png,
// 000002.png and so on. An error says why the video could not be written, or that ffmpeg is not installed.
//
// .mp4 and .webm have even sizes: of an odd size, the last row or column is left out.
func New(path string, fps, width, height int) (*Writer, error) {
	w := &Writer{path: path, width: width, height: height}
	var err error
	switch info, failed := os.Stat(path); {
	case fps < 1 || fps > 1000:
		err = fmt.Errorf("%d frames a second: want 1 to 1000", fps)
	case width < 2 || height < 2 || width > math.MaxUint16 || height > math.MaxUint16:
		err = fmt.Errorf("pictures of %d×%d: want 2×2 to 65535×65535", width, height)
	case strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) || failed == nil && info.IsDir():
		w.to, err = newFolder(path)
	default:
		w.to, err = newFile(path, fps, width, height)
	}
	if err != nil {
		return nil, fmt.Errorf("video: %w", err)
	}
	return w, nil
}

// Frame adds a picture of the Writer's size. It keeps nothing of img. Alpha is left out. After an error, Frame and
// Close return it again.
func (w *Writer) Frame(img *image.NRGBA) error {
	switch {
	case w.closed:
		return w.keep(errClosed)
	case w.err != nil:
		return w.err
	case img.Rect.Dx() != w.width || img.Rect.Dy() != w.height:
		return w.keep(fmt.Errorf("a picture of %d×%d in a video of %d×%d", img.Rect.Dx(), img.Rect.Dy(), w.width, w.height))
	}
	if err := w.to.frame(img); err != nil {
		return w.keep(err)
	}
	w.frames++
	return nil
}

// Frames returns how many frames were added.
func (w *Writer) Frames() int { return w.frames }

// Close completes the video. If a Frame has failed, or if there was none, no file appears, and Close returns the error.
// A second Close does nothing and returns the same.
func (w *Writer) Close() error {
	if w.closed {
		return w.err
	}
	if w.err == nil && w.frames == 0 {
		w.keep(errors.New("no frame came"))
	}
	if w.err != nil {
		w.Abandon()
		return w.err
	}
	w.closed = true
	if err := w.to.finish(); err != nil {
		w.keep(err)
	}
	return w.err
}

// Abandon ends the video without completing it: no file appears. A folder keeps its pictures. After Close it does
// nothing.
func (w *Writer) Abandon() {
	if !w.closed {
		w.closed = true
		w.to.abandon()
	}
}

// keep keeps the first error, and returns err.
func (w *Writer) keep(err error) error {
	err = fmt.Errorf("video: %s: %w", w.path, err)
	if w.err == nil {
		w.err = err
	}
	return err
}
