package wholefile_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
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
	g, err := wholefile.Grow(path)
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

	if g, err = wholefile.Grow(path); err != nil {
		t.Fatal(err)
	}
	io.WriteString(g, "never shown")
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	holds(t, dir, "g=one two")
	if _, err := wholefile.Grow(filepath.Join(dir, "no", "such")); err == nil {
		t.Error("a file grows in a folder that is not there")
	}
}
