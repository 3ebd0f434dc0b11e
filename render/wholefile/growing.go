package wholefile

import (
	"os"
	"runtime"
)

// Growing is a file that is useful before it is complete: a recording, which a killed program leaves behind. Grow makes
// a temporary file beside the name, and Show gives that file its name, where it goes on growing. So the file that was
// there before stays until the new one is worth having. A pipe or a device is written in place from the start, and so
// is every file on Windows.
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
		g.file, err = g.to.open()
	}
	if err != nil {
		return nil, g.failed(err)
	}
	return g, nil
}

func (g *Growing) failed(err error) error { return failed(g.path, plain(err)) }

// Write appends to the file at once. Nothing is buffered, since the program may be killed.
func (g *Growing) Write(b []byte) (int, error) {
	n, err := g.file.Write(b)
	return n, g.failed(err)
}

// Show gives the file its name. A file that was there is replaced. A second Show does nothing.
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

// Close ends the file. A file that was never shown is removed.
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
