package wholefile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Growing is a file that is useful before it is complete: a recording, which a killed program leaves behind. Grow makes
// a temporary file beside the name, and Show gives that file its name, where it goes on growing. So the file that was
// there before stays until the new one is worth having. A pipe or a device is written in place from the start, and so
// is every file on Windows.
//
// Two Growings cannot have one name at the same time: the second Grow fails. (Not on Windows, nor on a file system
// without locks.)
//
// One goroutine may call Write while another calls Show.
type Growing struct {
	path string
	to   destination
	file *os.File

	shown bool // the file has its name
}

// Grow begins a file. Close it.
func Grow(path string) (*Growing, error) {
	g := &Growing{path: path}
	var err error
	g.to, err = find(path)
	switch {
	case err != nil:
	case g.to.final != "" && runtime.GOOS == "windows": // where an open file cannot be renamed
		g.shown = true
		g.file, err = os.Create(g.to.final)
	default:
		g.shown = g.to.final == ""
		if g.file, err = g.to.open(); err == nil && g.to.final != "" {
			err = g.claim()
		}
	}
	if err != nil {
		return nil, g.failed(err)
	}
	return g, nil
}

// claim locks the file, and fails if another file is locked that has the name, or that will have it: a temporary file.
// Each claim locks its own file before it looks at the others, so of two at the same time at most one succeeds.
func (g *Growing) claim() error {
	takeLock(g.file)
	dir, base := filepath.Dir(g.to.final), filepath.Base(g.to.final)
	entries, err := os.ReadDir(dir)
	for _, e := range entries { // temporary files before final: a file may get its name meanwhile
		name := filepath.Join(dir, e.Name())
		number, ok := strings.CutPrefix(e.Name(), temporaryPrefix(base))
		if _, bad := strconv.ParseUint(number, 10, 32); ok && bad == nil && name != g.file.Name() && locked(name) {
			err = errGrowing
		}
	}
	if locked(g.to.final) {
		err = errGrowing
	}
	if err != nil {
		g.Close()
	}
	return err
}

var takeLock = lock // a test has none

var (
	errGrowing = errors.New("it is being written already: name another file")
	errGone    = errors.New("the file was moved, deleted or replaced while it was written")
)

func (g *Growing) failed(err error) error { return failed(g.path, plain(err)) }

// Write appends to the file at once. Nothing is buffered, since the program may be killed.
func (g *Growing) Write(b []byte) (int, error) {
	n, err := g.file.Write(b)
	return n, g.failed(err)
}

// Show gives the file its name, and replaces a file that has it. A second Show does nothing.
func (g *Growing) Show() error {
	if g.shown {
		return nil
	}
	unfinished.Lock()
	defer unfinished.Unlock()
	if err := os.Rename(g.file.Name(), g.to.final); err != nil {
		return g.failed(err)
	}
	delete(unfinished.names, g.file.Name())
	g.shown = true
	return nil
}

// Close ends the file. A file that was never shown is removed. It is an error if the file has lost its name since Show.
func (g *Growing) Close() error {
	var err error
	if g.shown && g.to.final != "" {
		err = g.file.Sync()
		own, failed := g.file.Stat()
		if named, missing := os.Lstat(g.to.final); err == nil && failed == nil && (missing != nil || !os.SameFile(own, named)) {
			err = errGone
		}
	}
	if closed := g.file.Close(); err == nil {
		err = closed
	}
	if !g.shown {
		os.Remove(g.file.Name())
		unfinished.Lock()
		delete(unfinished.names, g.file.Name())
		unfinished.Unlock()
	}
	return g.failed(err)
}
