package wholefile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// File is a file that is useful before it is complete: a recording, which a killed program leaves behind. Create makes
// a temporary file beside the name, and Show gives that file its name, where it goes on growing. So the file that was
// there before stays until the new one is worth having. A pipe or a device is written in place from the start, and so
// is every file on Windows.
//
// Two Files cannot have one name at the same time: the second Create fails. (Not on Windows, nor on a file system
// without locks.)
//
// One goroutine may call Write while another calls Show.
type File struct {
	path string
	to   destination
	file *os.File

	shown bool // the file has its name
}

// Create begins a file. Close it.
func Create(path string) (*File, error) {
	f := &File{path: path}
	var err error
	f.to, err = find(path)
	switch {
	case err != nil:
	case f.to.final != "" && runtime.GOOS == "windows": // where an open file cannot be renamed
		f.shown = true
		f.file, err = os.Create(f.to.final)
	default:
		f.shown = f.to.final == ""
		if f.file, err = f.to.open(); err == nil && f.to.final != "" {
			err = f.claim()
		}
	}
	if err != nil {
		return nil, f.failed(err)
	}
	return f, nil
}

// claim locks the file, and fails if another file is locked that has the name, or that will have it: a temporary file.
// Each claim locks its own file before it looks at the others, so of two at the same time at most one succeeds.
func (f *File) claim() error {
	takeLock(f.file)
	dir, base := filepath.Dir(f.to.final), filepath.Base(f.to.final)
	entries, err := os.ReadDir(dir)
	for _, e := range entries { // temporary files before final: a file may get its name meanwhile
		name := filepath.Join(dir, e.Name())
		number, ok := strings.CutPrefix(e.Name(), temporaryPrefix(base))
		if _, bad := strconv.ParseUint(number, 10, 32); ok && bad == nil && name != f.file.Name() && locked(name) {
			err = errBusy
		}
	}
	if locked(f.to.final) {
		err = errBusy
	}
	if err != nil {
		f.Close()
	}
	return err
}

var takeLock = lock // a test has none

var (
	errBusy = errors.New("it is being written already: name another file")
	errGone = errors.New("the file was moved, deleted or replaced while it was written")
)

func (f *File) failed(err error) error { return failed(f.path, plain(err)) }

// Write appends to the file at once. Nothing is buffered, since the program may be killed.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.file.Write(b)
	return n, f.failed(err)
}

// Show gives the file its name, and replaces a file that has it. A second Show does nothing.
func (f *File) Show() error {
	if f.shown {
		return nil
	}
	unfinished.Lock()
	defer unfinished.Unlock()
	if err := os.Rename(f.file.Name(), f.to.final); err != nil {
		return f.failed(err)
	}
	delete(unfinished.names, f.file.Name())
	f.shown = true
	return nil
}

// Close ends the file. A file that was never shown is removed. It is an error if the file has lost its name since Show.
func (f *File) Close() error {
	var err error
	if f.shown && f.to.final != "" {
		err = f.file.Sync()
		own, failed := f.file.Stat()
		if named, missing := os.Lstat(f.to.final); err == nil && failed == nil && (missing != nil || !os.SameFile(own, named)) {
			err = errGone
		}
	}
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	if !f.shown {
		os.Remove(f.file.Name())
		unfinished.Lock()
		delete(unfinished.names, f.file.Name())
		unfinished.Unlock()
	}
	return f.failed(err)
}
