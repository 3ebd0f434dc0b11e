package report

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile makes a file that appears whole or not at all: written beside its name, then renamed over it. What is
// there and no regular file (a pipe, /dev/stdout) is written to directly.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	f, final, err := create(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", path, err)
			if final != "" {
				os.Remove(f.Name())
			}
		}
	}()
	b := bufio.NewWriter(f)
	if err := write(b); err != nil {
		f.Close()
		return err
	}
	if err := b.Flush(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if final == "" {
		return nil
	}
	return os.Rename(f.Name(), final)
}

// CheckWritable says, before a long run, why WriteFile could not write to path. It leaves nothing behind.
func CheckWritable(path string) error {
	f, final, err := create(path)
	if err != nil {
		return err
	}
	if final != "" {
		os.Remove(f.Name())
	}
	return f.Close()
}

// create opens what WriteFile writes to, and final, the name that it takes in the end: "" if it has it already.
func create(path string) (f *os.File, final string, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, "", fmt.Errorf("cannot write %s: it is a directory", path)
	case err == nil && !info.Mode().IsRegular():
		f, err = os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, "", fmt.Errorf("cannot write %s: %w", path, reason(err))
		}
		return f, "", nil
	}
	dir, base := filepath.Split(path)
	f, err = os.CreateTemp(filepath.Clean(dir+"."), "."+base+".*")
	if err != nil {
		return nil, "", fmt.Errorf("cannot write %s: %w", path, reason(err))
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, "", fmt.Errorf("cannot write %s: %w", path, reason(err))
	}
	return f, path, nil
}

// reason is err without the name of a temporary file that the user never gave.
func reason(err error) error {
	if pe, ok := err.(*fs.PathError); ok {
		return pe.Err
	}
	return err
}
