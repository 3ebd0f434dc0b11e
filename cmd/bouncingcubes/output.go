package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/slotstream/slotstream/render/wholefile"
)

// standardOutput as a file's name is the program's stdout.
const standardOutput = "-"

// writeOutput writes the file that a flag names.
func writeOutput(path string, stdout io.Writer, write func(io.Writer) error) error {
	if path != standardOutput {
		return wholefile.Write(path, write)
	}
	if err := write(stdout); err != nil {
		return fmt.Errorf("cannot write stdout: %w", err)
	}
	return nil
}

// output is a file that a flag names.
type output struct{ flag, path string }

// checkOutputs refuses, before a long run, what cannot be written, and two flags whose files are one.
func checkOutputs(outputs []output) error {
	for i, o := range outputs {
		for _, other := range outputs[:i] {
			if o.path == standardOutput && other.path == standardOutput || wholefile.Same(o.path, other.path) {
				return usagef("%s and %s both write %s: give each a file of its own", other.flag, o.flag, o.path)
			}
		}
		if o.path == standardOutput {
			continue
		}
		if err := wholefile.Check(o.path); err != nil {
			return usagef("%s: %w: name a file in a folder that exists and is yours", o.flag, err)
		}
	}
	return nil
}

// freeName is path, or if that is there already, path with a number that makes it a name of nothing yet.
func freeName(path string) (string, error) {
	extension := filepath.Ext(path)
	stem := strings.TrimSuffix(path, extension)
	for n := 2; ; n++ {
		_, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		path = fmt.Sprintf("%s-%d%s", stem, n, extension)
	}
}
