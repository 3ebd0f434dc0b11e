package wholefile_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/slotstream/slotstream/render/wholefile"
)

// A new file replaces nothing: no file, no folder and no link, also one that leads nowhere.
func TestNewFilesReplaceNothing(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(at("a.png"), []byte("mine"), 0o444), os.Symlink("nowhere", at("a-2.png")), os.Mkdir(at("a-3.png"), 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := wholefile.CheckNew(at("a.png")); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"a-4.png", "a-5.png"} {
		if name, err := wholefile.WriteNew(at("a.png"), text(want)); name != at(want) || err != nil {
			t.Errorf("%s, %v, want %s", name, err, want)
		}
	}
	if name, err := wholefile.WriteNew(at("b"), half); name != "" || !errors.Is(err, errHalf) {
		t.Errorf("%q, %v", name, err)
	}
	os.Remove(at("a-2.png"))
	os.Remove(at("a-3.png"))
	holds(t, dir, "a-4.png=a-4.png", "a-5.png=a-5.png", "a.png=mine")
	if info, err := os.Stat(at("a-4.png")); err != nil || info.Mode().Perm()&0o600 != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// Everybody who writes a new file at once gets a name of their own, and nothing is lost. The way without hard links is
// tried, too.
func TestNewFilesWrittenAtOnce(t *testing.T) {
	for _, links := range []bool{true, false} {
		if !links {
			wholefile.WithoutLinks(t)
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "a.png")
		const writers = 40
		var names sync.Map
		var all, ready sync.WaitGroup
		ready.Add(writers)
		for i := range writers {
			all.Go(func() {
				mine := fmt.Sprint("picture ", i)
				name, err := wholefile.WriteNew(path, func(w io.Writer) error {
					ready.Done()
					ready.Wait() // all of them have begun, and none has a name
					_, err := io.WriteString(w, mine)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if other, taken := names.LoadOrStore(name, mine); taken {
					t.Errorf("%s was given to %v and to %s", name, other, mine)
				}
			})
		}
		all.Wait()
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != writers {
			t.Errorf("links %v: %d files of %d: %v", links, len(entries), writers, err)
		}
		names.Range(func(name, mine any) bool {
			if data, err := os.ReadFile(name.(string)); string(data) != mine.(string) {
				t.Errorf("%s holds %q, want %q, %v", name, data, mine, err)
			}
			return true
		})
	}
}

func TestNewFilesThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"", filepath.Join(dir, "missing", "a.png"), dir + "/"} {
		_, err := wholefile.WriteNew(path, text("x"))
		for what, err := range map[string]error{"CheckNew": wholefile.CheckNew(path), "WriteNew": err} {
			if err == nil || !strings.HasPrefix(err.Error(), "cannot write "+path+": ") {
				t.Errorf("%s %q: %v", what, path, err)
			}
		}
	}
	holds(t, dir)
}
