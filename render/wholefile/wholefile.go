// Package wholefile writes files that appear whole or not at all: after an error, a full disk for one, what was there
// before still is. It writes what a name means, as a shell's redirection would:
//
//   - of a symbolic link, also one that leads nowhere yet, the file that it leads to;
//   - a device, a pipe or a socket in place, and /dev/stdout or /dev/fd/N by the descriptor itself, behind what it has
//     written already;
//   - a file that was there keeps its permissions, a new one has 0666 less the umask;
//   - a file that may not be written to is not replaced either.
//
// A file with several hard links becomes one of its own.
//
// What is of use before it is whole, as a recording, is a Growing.
package wholefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Write writes a file: what write writes appears at path when write has returned nil, and never in part. What cannot be
// renamed, as a pipe, is written to as write goes along. The error names path and wraps what write or the system said.
// Any goroutine may call it; of two that write one file, the last to end wins.
func Write(path string, write func(io.Writer) error) error {
	if err := writeTo(path, write); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

// Check says, before a long run, why Write could not write to path. It leaves nothing behind, and a pipe unopened.
func Check(path string) error {
	d, err := find(path)
	if err == nil {
		err = d.check()
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, plain(err))
	}
	return nil
}

// Same says whether two names lead to one place, of which the second Write would leave nothing of the first: one file,
// or one descriptor of this process. Devices, pipes and names of nothing that can be written are never the same.
func Same(a, b string) bool {
	x, errA := find(a)
	y, errB := find(b)
	return errA == nil && errB == nil && x.place == "" && x.final == y.final && x.descriptor == y.descriptor
}

// Abandon removes what Writes that have not ended have made, and keeps them from ending: for a program about to end at
// once. Nothing can be written after it.
func Abandon() {
	unfinished.Lock() // and it stays locked
	for name := range unfinished.names {
		os.Remove(name)
	}
}

// unfinished are the temporary files of Writes under way.
var unfinished = struct {
	sync.Mutex
	names map[string]bool
}{names: make(map[string]bool)}

func writeTo(path string, write func(io.Writer) error) (err error) {
	d, err := find(path)
	if err != nil {
		return plain(err)
	}
	f, err := d.open()
	if err != nil {
		return plain(err)
	}
	whole := false
	defer func() { // also where write panics
		f.Close()
		if d.final == "" {
			return
		}
		if !whole {
			os.Remove(f.Name())
		}
		unfinished.Lock()
		delete(unfinished.names, f.Name())
		unfinished.Unlock()
	}()
	b := bufio.NewWriterSize(f, 64<<10)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil && d.final != "" {
		err = f.Sync() // else a crash of the machine may leave the new name with nothing in it
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if own := new(fs.PathError); errors.As(err, &own) && own.Path == f.Name() {
		err = own.Err
	}
	if err != nil || d.final == "" {
		return err
	}
	unfinished.Lock()
	defer unfinished.Unlock()
	err = os.Rename(f.Name(), d.final)
	whole = err == nil
	return plain(err)
}

// destination is what a path means. One of final, place and descriptor is set.
type destination struct {
	final      string      // a regular file, there or not yet: written beside it, then renamed over it
	there      bool        // final is there
	mode       fs.FileMode // its permissions
	place      string      // written in place
	descriptor int         // of this process; -1 for none
}

const mostLinks = 40 // as Linux has it

// find follows path to what it means.
func find(path string) (destination, error) {
	if path == "" {
		return destination{}, errors.New("the name is empty")
	}
	if os.IsPathSeparator(path[len(path)-1]) {
		return destination{}, errors.New("it names a folder")
	}
	name := path
	for range mostLinks {
		dir, err := filepath.EvalSymlinks(filepath.Dir(name))
		if err != nil {
			return destination{}, err
		}
		name = filepath.Join(dir, filepath.Base(name))
		if n, own, ok := descriptor(name); own {
			return destination{descriptor: n}, nil
		} else if ok {
			return destination{place: name, descriptor: -1}, nil
		}
		info, err := os.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return destination{final: name, descriptor: -1}, nil
		case err != nil:
			return destination{}, err
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(name)
			if err != nil {
				return destination{}, err
			}
			if !filepath.IsAbs(to) {
				to = filepath.Join(dir, to)
			}
			name = to
		case info.IsDir():
			return destination{}, errors.New("it is a directory")
		case info.Mode().IsRegular():
			return destination{final: name, there: true, mode: info.Mode().Perm(), descriptor: -1}, nil
		default:
			return destination{place: name, descriptor: -1}, nil
		}
	}
	return destination{}, errors.New("too many symbolic links")
}

// descriptor says whether name, in a folder without links, stands for an open file: /dev/fd/N of this process, or
// anybody's /proc/PID/fd/N. Its number is of use only if it is this process's own.
func descriptor(name string) (n int, own, ok bool) {
	dir, base := filepath.Split(name)
	n, err := strconv.Atoi(base)
	if err != nil || n < 0 {
		return -1, false, false
	}
	dir = filepath.ToSlash(strings.TrimSuffix(dir, string(filepath.Separator)))
	if dir == "/dev/fd" {
		return n, true, true
	}
	process, isProc := strings.CutPrefix(dir, "/proc/")
	process, isFD := strings.CutSuffix(process, "/fd")
	if !isProc || !isFD {
		return -1, false, false
	}
	id, _, _ := strings.Cut(process, "/") // a thread is PID/task/TID
	return n, id == strconv.Itoa(os.Getpid()) || id == "self", true
}

// open opens what is written to: a temporary file beside final, or the place itself.
func (d destination) open() (*os.File, error) {
	switch {
	case d.final != "":
		if err := d.permitted(); err != nil {
			return nil, err
		}
		return d.temporary()
	case d.place != "":
		return os.OpenFile(d.place, os.O_WRONLY|os.O_APPEND, 0)
	}
	return duplicate(d.descriptor)
}

// permitted says whether a file that is there may be written to: its folder alone would let it be replaced.
func (d destination) permitted() error {
	if !d.there {
		return nil
	}
	f, err := os.OpenFile(d.final, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// temporary makes an empty file beside final, with the permissions that it will have there.
func (d destination) temporary() (*os.File, error) {
	dir, base := filepath.Split(d.final)
	const longest = 200 // bytes: a name can have 255
	if len(base) > longest {
		base = strings.ToValidUTF8(base[:longest], "")
	}
	unfinished.Lock()
	defer unfinished.Unlock()
	for range 1000 {
		name := filepath.Join(dir, fmt.Sprintf(".%s.%d", base, rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		unfinished.names[name] = true
		if d.there {
			if err := f.Chmod(d.mode); err != nil {
				f.Close()
				os.Remove(name)
				delete(unfinished.names, name)
				return nil, err
			}
		}
		return f, nil
	}
	return nil, errors.New("no name is free for a temporary file")
}

// check says why open would fail.
func (d destination) check() error {
	if d.place != "" {
		return writable(d.place)
	}
	f, err := d.open()
	if err != nil {
		return err
	}
	err = f.Close()
	if d.final != "" {
		os.Remove(f.Name())
		unfinished.Lock()
		delete(unfinished.names, f.Name())
		unfinished.Unlock()
	}
	return err
}

// plain is err without the names of files that the caller never gave, as that of a temporary one.
func plain(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
