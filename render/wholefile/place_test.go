//go:build linux

package wholefile_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/slotstream/slotstream/render/wholefile"
)

func TestLinksAreFollowed(t *testing.T) {
	dir := t.TempDir()
	in := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	for _, err := range []error{
		os.Mkdir(in("real"), 0o755), os.Mkdir(in("deep"), 0o755), os.WriteFile(in("real", "old"), []byte("old"), 0o644),
		os.Symlink("real/old", in("link")), os.Symlink("link", in("link to a link")),
		os.Symlink("real/dangling", in("dangling")), os.Symlink("../real/up", in("deep", "up")),
		os.Symlink(in("real", "absolute"), in("absolute")), os.Symlink("real", in("folder")),
		os.Symlink("round", in("round")), os.Symlink("missing/x", in("nowhere")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, real := range map[string]string{
		"link": "old", "link to a link": "old", "dangling": "dangling", "deep/up": "up", "absolute": "absolute", "folder/inside": "inside",
	} {
		if err := wholefile.Check(in(path)); err != nil {
			t.Error(err)
		}
		if err := wholefile.Write(in(path), text(path)); err != nil {
			t.Error(err)
		}
		if data, _ := os.ReadFile(in("real", real)); string(data) != path {
			t.Errorf("%s: real/%s holds %q", path, real, data)
		}
		if info, err := os.Lstat(in(path)); path != "folder/inside" && (err != nil || info.Mode()&os.ModeSymlink == 0) {
			t.Errorf("%s is no link any more", path)
		}
	}
	for _, path := range []string{"round", "nowhere"} {
		if err := wholefile.Check(in(path)); err == nil {
			t.Errorf("%s is called writable", path)
		}
		if err := wholefile.Write(in(path), text("x")); err == nil {
			t.Errorf("%s was written", path)
		}
	}
}

func TestPermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir := t.TempDir()
	for i, c := range []struct {
		umask  int
		before os.FileMode // 0: a new file
		after  os.FileMode
	}{{0o077, 0, 0o600}, {0o022, 0, 0o644}, {0o002, 0, 0o664}, {0o022, 0o600, 0o600}, {0o077, 0o664, 0o664}, {0o022, 0o755, 0o755}} {
		path := filepath.Join(dir, fmt.Sprint(i))
		syscall.Umask(0)
		if c.before != 0 {
			if err := os.WriteFile(path, []byte("old"), c.before); err != nil {
				t.Fatal(err)
			}
		}
		syscall.Umask(c.umask)
		if err := wholefile.Write(path, text("new")); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != c.after {
			t.Errorf("%+v: %v, %v", c, info.Mode(), err)
		}
	}
}

func TestDevicesAreWrittenInPlace(t *testing.T) {
	if err := wholefile.Write(os.DevNull, text("x")); err != nil {
		t.Error(err)
	}
	if err := wholefile.Write("/dev/full", text("x")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("/dev/full: %v", err)
	}
	for _, device := range []string{os.DevNull, "/dev/full"} {
		if info, err := os.Stat(device); err != nil || info.Mode().IsRegular() {
			t.Errorf("%s was replaced by a file", device)
		}
	}
}

// A pipe's reader gets all of it and then the end: looking whether it can be written does not end it.
func TestPipes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Check(path); err != nil { // a pipe without a reader would block for ever
		t.Fatal(err)
	}
	read := make(chan string)
	go func() {
		data, err := os.ReadFile(path)
		read <- fmt.Sprint(string(data), err)
	}()
	if err := wholefile.Check(path); err != nil {
		t.Error(err)
	}
	if err := wholefile.Write(path, text("through a pipe ")); err != nil {
		t.Error(err)
	}
	if got := <-read; got != "through a pipe <nil>" {
		t.Errorf("read %q", got)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Error("the pipe was replaced")
	}
}

// A Write to a descriptor appends to the file, and so does the next write.
func TestDescriptors(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	link := filepath.Join(dir, "stdout")
	if err := os.Symlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()), link); err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "one ")
	for i, path := range []string{fmt.Sprintf("/dev/fd/%d", f.Fd()), fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), f.Fd()), link} {
		if err := wholefile.Check(path); err != nil {
			t.Error(err)
		}
		if err := wholefile.Write(path, text(fmt.Sprint(i, " "))); err != nil {
			t.Error(err)
		}
	}
	io.WriteString(f, "two")
	os.Remove(link)
	holds(t, dir, "out=one 0 1 2 two")

	r, err := os.Open(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if err := wholefile.Check(path); err == nil || !strings.Contains(err.Error(), "reading only") {
		t.Errorf("a descriptor for reading: %v", err)
	}
	r.Close()
	if wholefile.Check(path) == nil || wholefile.Check("/dev/fd/100000") == nil {
		t.Error("a closed descriptor can be written to")
	}
}

// A file that its owner protected stays, though its folder would let it be replaced. Root may write all: a child
// without root's rights tries.
func TestProtectedFilesStay(t *testing.T) {
	if os.Getuid() == 0 {
		dropped(t)
		return
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Write(path, text("new")); !errors.Is(err, os.ErrPermission) {
		t.Errorf("error %v", err)
	}
	if err := wholefile.Check(path); !errors.Is(err, os.ErrPermission) {
		t.Errorf("error %v", err)
	}
	holds(t, dir, "f=old")
}

func TestAbandonLeavesNothing(t *testing.T) {
	const folder = "SLOTSTREAM_TEST_ABANDON"
	if dir := os.Getenv(folder); dir != "" { // in a process of its own, which ends here
		err := wholefile.Write(filepath.Join(dir, "f"), func(w io.Writer) error {
			wholefile.Abandon()
			os.Exit(0)
			return nil
		})
		t.Fatal(err)
	}
	dir := t.TempDir()
	if out, err := again(t, folder+"="+dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	holds(t, dir)
}
