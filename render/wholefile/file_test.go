package wholefile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/slotstream/slotstream/render/wholefile"
)

// A growing file gets its name from Show, not sooner. From then on each write can be read at once.
func TestGrow(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "g")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := wholefile.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(g, "one ")
	if data, err := os.ReadFile(path); string(data) != "old" {
		t.Errorf("shown already: %q, %v", data, err)
	}
	for range 2 {
		if err := g.Show(); err != nil {
			t.Fatal(err)
		}
	}
	io.WriteString(g, "two")
	holds(t, dir, "g=one two")
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := g.Write(nil); err == nil || !strings.HasPrefix(err.Error(), "cannot write "+path+": ") {
		t.Errorf("writing to a file that has ended: %v", err)
	}

	if g, err = wholefile.Create(path); err != nil {
		t.Fatal(err)
	}
	io.WriteString(g, "never shown")
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	holds(t, dir, "g=one two")
	if _, err := wholefile.Create(filepath.Join(dir, "no", "such")); err == nil {
		t.Error("a file grows in a folder that is not there")
	}
}

// The second of two growing files of one name is refused, before the first is shown and after it, and leaves nothing
// behind. When the first has ended, the name can be used again.
func TestTwoGrowUnderOneName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no locks on Windows")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	const path = "g"
	first, err := wholefile.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(first, "one")
	for _, shown := range []bool{false, true} {
		if shown {
			if err := first.Show(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := wholefile.Create(path); err == nil || !strings.HasPrefix(err.Error(), "cannot write "+path+": it is being written already") {
			t.Errorf("shown %v: a second one of the name: %v", shown, err)
		}
	}
	together := t.TempDir()
	for _, name := range []string{"h.2", "h", "h.2.3"} { // names that begin alike
		g, err := wholefile.Create(filepath.Join(together, name))
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
	}
	holds(t, dir, "g=one")
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	again, err := wholefile.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	holds(t, dir, "g=one")
}

// Of many growing files of one name that begin at the same time, at most one succeeds. Without locks, the control, all
// do.
func TestManyGrowAtOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no locks on Windows")
	}
	begun := func() (n int64) {
		path := filepath.Join(t.TempDir(), "g")
		var count atomic.Int64
		var all, tried sync.WaitGroup
		tried.Add(16)
		for range 16 {
			all.Go(func() {
				g, err := wholefile.Create(path)
				tried.Done()
				tried.Wait() // nobody ends before all have tried
				if err == nil {
					count.Add(1)
					g.Close()
				}
			})
		}
		all.Wait()
		return count.Load()
	}
	for range 50 {
		if n := begun(); n > 1 {
			t.Fatalf("%d of one name have begun", n)
		}
	}
	wholefile.WithoutLocks(t)
	if n := begun(); n != 16 {
		t.Errorf("without locks %d of 16 have begun: this tested nothing", n)
	}
}

// A growing file that is moved, deleted or replaced says so when it ends.
func TestGrowingFileLosesItsName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file keeps its name on Windows")
	}
	for what, do := range map[string]func(path string) error{
		"moved":   func(path string) error { return os.Rename(path, path+".away") },
		"deleted": os.Remove,
		"replaced": func(path string) error {
			return wholefile.Write(path, func(w io.Writer) error { _, err := io.WriteString(w, "other"); return err })
		},
	} {
		path := filepath.Join(t.TempDir(), "g")
		g, err := wholefile.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(g, "one")
		if err := errors.Join(g.Show(), do(path)); err != nil {
			t.Fatal(err)
		}
		if err := g.Close(); err == nil || !strings.Contains(err.Error(), "moved, deleted or replaced") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
