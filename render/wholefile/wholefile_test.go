package wholefile_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/render/wholefile"
)

// text is a write function.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

var errHalf = errors.New("half-way")

func half(w io.Writer) error { io.WriteString(w, "half"); return errHalf }

// holds checks what a folder holds: names and contents, in the order of the names.
func holds(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Name()+"="+string(data))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestFilesAreWholeOrAbsent(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	if err := wholefile.Write(path, half); !errors.Is(err, errHalf) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	holds(t, dir)
	if err := wholefile.Write(path, text("whole")); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.Write(path, half); !errors.Is(err, errHalf) {
		t.Errorf("error %v", err)
	}
	if err := wholefile.Check(path); err != nil {
		t.Error(err)
	}
	holds(t, dir, "r.json=whole")
}

// Also a write that panics leaves nothing behind, and what was there.
func TestWritePanics(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	for _, want := range [][]string{nil, {"r.json=whole"}} {
		func() {
			defer func() {
				if said := recover(); said != "half-way" {
					t.Errorf("the panic became %v", said)
				}
			}()
			wholefile.Write(path, func(w io.Writer) error { half(w); panic("half-way") })
		}()
		holds(t, dir, want...)
		if err := wholefile.Write(path, text("whole")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"", dir, dir + "/", filepath.Join(dir, "new") + "/", filepath.Join(dir, "missing", "r.json"), filepath.Join(dir, "f", "r.json"),
	} {
		for what, err := range map[string]error{"Check": wholefile.Check(path), "Write": wholefile.Write(path, text("x"))} {
			if err == nil || !strings.HasPrefix(err.Error(), "cannot write "+path+": ") {
				t.Errorf("%s %q: %v", what, path, err)
			}
		}
	}
	holds(t, dir, "f=")
}

func TestNamesAsLongAsCanBe(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("ä", 125) + ".png"
	if err := wholefile.Write(filepath.Join(dir, name), text("x")); err != nil {
		t.Error(err)
	}
	holds(t, dir, name+"=x")
}

func TestSame(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.Symlink("new", at("link")), os.WriteFile(at("old"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{at("old"), at("old"), true}, {at("new"), dir + "/./new", true}, {at("new"), at("link"), true}, {"/dev/fd/1", "/dev/fd/1", true},
		{at("old"), at("new"), false}, {"/dev/fd/1", "/dev/fd/2", false}, {os.DevNull, os.DevNull, false}, {"", "", false},
	} {
		if got := wholefile.Same(c.a, c.b); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func ExampleSame() {
	fmt.Println(wholefile.Same("frames.json", "./frames.json"), wholefile.Same("frames.json", "frames.svg"))
	// Output: true false
}

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "frames.txt")
	err = wholefile.Write(path, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, "16.7 ms")
		return err
	})
	data, _ := os.ReadFile(path)
	fmt.Printf("%s%v\n", data, err)
	// Output:
	// 16.7 ms
	// <nil>
}

func ExampleCheck() {
	fmt.Println(wholefile.Check("/no/such/folder/frames.txt"))
	// Output: cannot write /no/such/folder/frames.txt: no such file or directory
}
