package wholefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// WriteNew writes a file as Write does, under a name that nothing has: path, or path with a number before its
// extension, "a-2.png" for "a.png". It returns that name. It never replaces a file, a directory or a link. Programs
// that run at once, and goroutines, get a name each, since the name is taken in one step.
//
// Use it for a name that the program chose, and Write for a name that its user chose.
func WriteNew(path string, write func(io.Writer) error) (name string, err error) {
	d, err := freeOf(path)
	if err == nil {
		err = d.write(write, func(temporary string) error {
			name, err = d.take(temporary, path)
			return err
		})
	}
	if err != nil {
		return "", failed(path, err)
	}
	return name, nil
}

// CheckNew reports, before a long run, why WriteNew could not write to path. It leaves nothing behind.
func CheckNew(path string) error {
	d, err := freeOf(path)
	if err == nil {
		err = d.check()
	}
	return failed(path, err)
}

// freeOf returns the destination of a new file: the directory of path, and in it the first name that is free now.
func freeOf(path string) (destination, error) {
	if err := isFile(path); err != nil {
		return destination{}, err
	}
	for n := 1; ; n++ {
		name := numbered(path, n)
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return find(name)
		} else if err != nil {
			return destination{}, plain(err)
		}
	}
}

// numbered returns path for 1, and path with a number before its extension from 2 on.
func numbered(path string, n int) string {
	if n == 1 {
		return path
	}
	extension := filepath.Ext(path)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, extension), n, extension)
}

var link = os.Link // replaced in a test

// take gives the temporary file the first name that is free, and returns that name.
func (d destination) take(temporary, path string) (name string, err error) {
	for n := 1; ; n++ {
		name = numbered(path, n)
		err = link(temporary, name)
		switch {
		case err == nil:
			os.Remove(temporary)
			return name, nil
		case errors.Is(err, fs.ErrExist):
			continue
		}
		// A file system without hard links: take the name with an empty file, and replace that.
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		f.Close()
		if err := os.Rename(temporary, name); err != nil {
			os.Remove(name)
			return "", err
		}
		return name, nil
	}
}
