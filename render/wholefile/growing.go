package wholefile

import (
	"fmt"
	"os"
	"runtime"
)

// Growing is a file that is of use before it is whole, as a recording that a killed program leaves. It is made beside
// its name, Show gives it that name, and it grows there: what was there before stays until there is something better.
// What cannot be renamed, as a pipe, is written in place from the start, and so is every file on Windows. One goroutine
// may write while another shows; its errors name the path.
type Growing struct {
	path string
	to   destination
	file *os.File

	shown bool
}

// Grow begins a file. Close ends it.
func Grow(path string) (*Growing, error) {
	g := &Growing{path: path}
	var err error
	g.to, err = find(path)
	switch {
	case err != nil:
	case g.to.final != "" && runtime.GOOS == "windows": // renames no file that is open
		g.shown = true
		g.file, err = os.Create(g.to.final)
	default:
		g.shown = g.to.final == ""
		g.file, err = g.to.open()
	}
	if err != nil {
		return nil, g.failed(err)
	}
	return g, nil
}

func (g *Growing) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write %s: %w", g.path, plain(err))
}

// Write appends to the file, at once: nothing is kept back for a program that may be killed.
func (g *Growing) Write(b []byte) (int, error) {
	n, err := g.file.Write(b)
	return n, g.failed(err)
}

// Show puts the file where its name says, in place of what is there. A second Show does nothing.
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

// Close ends the file. One that was never shown is removed.
func (g *Growing) Close() error {
	var err error
	if g.shown && g.to.final != "" {
		err = g.file.Sync()
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
