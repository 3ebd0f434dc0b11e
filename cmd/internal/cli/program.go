package cli

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

	"github.com/slotstream/slotstream/render/frametime"
)

// Program has the flags that each program has.
type Program struct {
	CPUProfile, Trace string // files
	Version           bool
}

// Flags adds the flags.
func (p *Program) Flags(fs *flag.FlagSet) {
	fs.StringVar(&p.CPUProfile, "cpuprofile", "", "write a CPU profile to `FILE`, or to stdout if it is -")
	fs.StringVar(&p.Trace, "trace", "", "write an execution trace to `FILE`, or to stdout if it is -; each phase of a frame is a region")
	fs.BoolVar(&p.Version, "version", false, "print the version, then exit")
}

// Release is the newest section of CHANGELOG.md.
const Release = "v0.1.0"

// PrintVersion writes the release, the revision that was built, and the Go version.
func PrintVersion(program string, out io.Writer) error {
	_, err := fmt.Fprintf(out, "%s %s (%s) %s\n", program, Release, frametime.ThisMachine().Version, runtime.Version())
	return err
}

// QuietDriver sets a variable that no session manager has set. Without it a software Vulkan driver complains on stderr.
func QuietDriver() {
	if os.Getenv("XDG_RUNTIME_DIR") == "" {
		os.Setenv("XDG_RUNTIME_DIR", os.TempDir())
	}
}

// An Output is a file that a flag names.
type Output struct{ Flag, Path string }

// Outputs are the files that the flags of a program name.
type Outputs []Output

// Check refuses a file without a name, a file that cannot be written, and two flags that write the same file. It does
// so before a long run.
func (o Outputs) Check(given map[string]bool) error {
	var outputs Outputs
	for _, file := range o {
		switch {
		case file.Path != "":
			outputs = append(outputs, file)
		case given[file.Flag[1:]]: // a shell variable that is not set, for example
			return Usagef("%s \"\": want the name of a file", file.Flag)
		}
	}
	return checkOutputs(outputs)
}

// ToStdout reports whether an output goes to stdout, under any name. Then texts for the user go to stderr.
func (o Outputs) ToStdout() bool {
	return slices.ContainsFunc(o, func(file Output) bool { return file.Path != "" && isStdout(file.Path) })
}
