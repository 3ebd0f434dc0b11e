package options

import (
	"fmt"
	"io"

	"github.com/slotstream/slotstream/render/wholefile"
)

// StandardOutput as a file's name is the program's stdout.
const StandardOutput = "-"

// WriteOutput writes the file that a flag names.
func WriteOutput(path string, stdout io.Writer, write func(io.Writer) error) error {
	if path != StandardOutput {
		return wholefile.Write(path, write)
	}
	if err := write(stdout); err != nil {
		return fmt.Errorf("cannot write stdout: %w", err)
	}
	return nil
}

func isStdout(path string) bool { return path == StandardOutput || wholefile.Same(path, "/dev/stdout") }

// output is a file that a flag names.
type output struct{ flag, path string }

// checkOutputs refuses, before a long run, what cannot be written, and two flags whose files are one.
func checkOutputs(outputs []output) error {
	for i, o := range outputs {
		for _, other := range outputs[:i] {
			if isStdout(o.path) && isStdout(other.path) || wholefile.Same(o.path, other.path) {
				return Usagef("%s and %s both write %s: give each a file of its own", other.flag, o.flag, o.path)
			}
		}
		if o.path == StandardOutput {
			continue
		}
		if err := wholefile.Check(o.path); err != nil {
			return Usagef("%s: %w: name a file in a folder that exists and is yours", o.flag, err)
		}
	}
	return nil
}
