package cli

import (
	"fmt"
	"io"

	"github.com/slotstream/slotstream/render/wholefile"
)

// StandardOutput is the name that stands for stdout where a flag takes a file.
const StandardOutput = "-"

// WriteOutput writes the file that a flag names, or stdout.
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

// checkOutputs refuses a file that cannot be written, and two flags that write the same file. It does so before a long
// run.
func checkOutputs(outputs Outputs) error {
	for i, o := range outputs {
		for _, other := range outputs[:i] {
			if isStdout(o.Path) && isStdout(other.Path) || wholefile.Same(o.Path, other.Path) {
				return Usagef("%s and %s both write %s: name two files", other.Flag, o.Flag, o.Path)
			}
		}
		if o.Path == StandardOutput {
			continue
		}
		if err := wholefile.Check(o.Path); err != nil {
			return Usagef("%s: %w: name a file in a folder that exists and that you may write to", o.Flag, err)
		}
	}
	return nil
}
