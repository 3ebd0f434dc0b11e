package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestFilesAreWholeOrAbsent(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "r.json")
	broken := errors.New("half-way")
	half := func(w io.Writer) error { io.WriteString(w, "half"); return broken }
	if err := WriteFile(path, half); !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("a failed write left %v", got)
	}
	if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "whole"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, half); !errors.Is(err, broken) {
		t.Fatalf("error %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "whole" {
		t.Errorf("a failed write left %q in place of the old file", data)
	}
	if err := CheckWritable(path); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("left behind: %v", got)
	}
}

func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing", "r.json"), filepath.Join(dir, "f", "r.json")} {
		os.WriteFile(filepath.Join(dir, "f"), nil, 0o644)
		if CheckWritable(path) == nil {
			t.Errorf("%s is called writable", path)
		}
		if WriteFile(path, func(io.Writer) error { return nil }) == nil {
			t.Errorf("%s was written", path)
		}
	}
}

func TestWriteToADevice(t *testing.T) {
	if err := WriteFile(os.DevNull, func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err }); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Error("the device was replaced by a file")
	}
}
