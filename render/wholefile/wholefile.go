// Package wholefile writes files that appear whole or not at all. Write makes a temporary file beside the name and
// renames it when it is complete. After an error, a full disk for example, the earlier file is still there.
//
// A name is followed as a shell's redirection follows it:
//
//   - a symbolic link is followed, even if the file that it names does not exist yet;
//   - a device, a pipe or a socket is written in place;
//   - /dev/stdout and /dev/fd/N are written through that descriptor, after what it has written already;
//   - a file that exists keeps its permissions, a new file has 0666 less the umask;
//   - a file that may not be written to is not replaced either.
//
// If a file has several hard links, the file under this name becomes a file of its own.
//
// WriteNew never replaces anything: it takes a name that is free. Create is for a file that is useful before it is
// complete, such as a recording.
//
// All errors say "cannot write", the path that the caller gave, and the cause, which they wrap. Any goroutine may call
// the functions.
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

// Write writes a file. It calls write once. If write returns nil, its output appears at path as a whole; otherwise path
// stays as it was. A file that cannot be renamed, such as a pipe, gets the output while write runs.
//
// If two Writes of one path run at once, the one that ends last wins.
func Write(path string, write func(io.Writer) error) error {
	d, err := find(path)
	if err == nil {
		err = d.write(write, func(temporary string) error { return os.Rename(temporary, d.final) })
	}
	return failed(path, err)
}

// Check reports, before a long run, why Write could not write to path. It leaves nothing behind, and does not open a
// pipe.
func Check(path string) error {
	d, err := find(path)
	if err == nil {
		err = d.check()
	}
	return failed(path, err)
}

// Same reports whether two paths lead to one file or to one descriptor of this process, so that the second of two
// Writes would destroy what the first wrote. Devices, pipes, and paths that cannot be written are never the same.
func Same(a, b string) bool {
	x, errA := find(a)
	y, errB := find(b)
	return errA == nil && errB == nil && x.place == "" && x.final == y.final && x.descriptor == y.descriptor
}

// Abandon removes the temporary files of all Writes that have not ended, and keeps those Writes from ending. Call it in
// a program that is about to exit at once. After it, every Write blocks for ever.
func Abandon() {
	unfinished.Lock() // and it stays locked
	for name := range unfinished.names {
		os.Remove(name)
	}
}

// unfinished holds the temporary files of the Writes that have not ended.
var unfinished = struct {
	sync.Mutex
	names map[string]bool
}{names: make(map[string]bool)}

// failed returns the error of the package, or nil for nil.
func failed(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write %s: %w", path, err)
}

// write writes to the destination. publish gives the temporary file its name, if there is one.
func (d destination) write(write func(io.Writer) error, publish func(temporary string) error) (err error) {
	f, err := d.open()
	if err != nil {
		return plain(err)
	}
	whole := false
	defer func() { // also if write panics
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
		err = f.Sync() // otherwise a crash of the machine may leave the new name with nothing in it
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if own := new(fs.PathError); errors.As(err, &own) && own.Path == f.Name() {
		return own.Err
	}
	if err != nil || d.final == "" {
		return err
	}
	unfinished.Lock()
	defer unfinished.Unlock()
	err = publish(f.Name())
	whole = err == nil
	return plain(err)
}

// destination is where a path leads. One of final, place and descriptor is set.
type destination struct {
	final      string      // a regular file: a temporary file beside it is written, and renamed to it
	there      bool        // final exists
	mode       fs.FileMode // the permissions of final, if it exists
	place      string      // a device or pipe, written in place
	descriptor int         // of this process; -1 for none
}

const mostLinks = 40 // Linux's own limit

// find follows path to its destination.
func find(path string) (destination, error) {
	d, err := follow(path)
	return d, plain(err)
}

func follow(path string) (destination, error) {
	if err := isFile(path); err != nil {
		return destination{}, err
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

// isFile returns an error if path cannot be the name of a file.
func isFile(path string) error {
	if path == "" {
		return errors.New("the name is empty")
	}
	if os.IsPathSeparator(path[len(path)-1]) {
		return errors.New("it names a directory")
	}
	return nil
}

// descriptor reports whether name, in a folder without links, stands for an open file: /dev/fd/N of this process, or
// /proc/PID/fd/N of any process. The number n is useful only if the file is this process's own.
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

// open opens the file to write: a temporary file beside final, the place, or a copy of the descriptor.
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

// permitted returns an error if final exists and may not be written to. The permissions of its folder alone would let
// it be replaced.
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

// temporary makes an empty file beside final, with the permissions that final will have.
func (d destination) temporary() (*os.File, error) {
	dir, base := filepath.Split(d.final)
	unfinished.Lock()
	defer unfinished.Unlock()
	for range 1000 {
		name := filepath.Join(dir, fmt.Sprint(temporaryPrefix(base), rand.Uint32()))
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

// temporaryPrefix returns how the names of temporary files of a file begin.
func temporaryPrefix(base string) string {
	const longest = 200 // bytes: a name can have 255
	if len(base) > longest {
		base = strings.ToValidUTF8(base[:longest], "")
	}
	return "." + base + "."
}

// check returns the error that open would return, and leaves nothing behind.
func (d destination) check() error {
	if d.place != "" {
		return plain(writable(d.place))
	}
	f, err := d.open()
	if err != nil {
		return plain(err)
	}
	err = plain(f.Close())
	if d.final != "" {
		os.Remove(f.Name())
		unfinished.Lock()
		delete(unfinished.names, f.Name())
		unfinished.Unlock()
	}
	return err
}

// plain returns err without the path in it: the caller did not give that one, a temporary file's for example.
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
