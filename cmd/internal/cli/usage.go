// Package cli has what the command lines of the programs share: groups of flags, their checks, usage errors, outputs,
// signals and exit statuses.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// A UsageError says what is wrong with the command line, or with a thing that the command line names. The program ends
// with status 2.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Usagef returns a UsageError. It formats as fmt.Errorf does.
func Usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// Report prints an error of a program, a line for each error that is joined in it, and returns the program's exit
// status: 0 for no error and for -help, 2 for a UsageError, otherwise 1.
func Report(program string, err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	for _, e := range split(err) {
		fmt.Fprintf(stderr, "%s: %v\n", program, e)
	}
	if errors.As(err, new(UsageError)) {
		return 2
	}
	return 1
}

// split returns the errors that were joined to err. Each of them is one line.
func split(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || !strings.Contains(err.Error(), "\n") { // fmt.Errorf may wrap two errors in one line
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, split(e)...)
	}
	return all
}

// Groups are the flags of a program, in groups as -help lists them.
type Groups []*flag.FlagSet

// Group appends a group, and returns it.
func (g *Groups) Group(title string) *flag.FlagSet {
	fs := flag.NewFlagSet(title, flag.ContinueOnError)
	*g = append(*g, fs)
	return fs
}

// Parse parses the arguments of a program. It returns the names of the flags that were given, and the arguments behind
// the flags, among which there may be more flags. After -help it writes head, the groups and tail to out, and returns
// flag.ErrHelp. Any other error is a UsageError.
func (g Groups) Parse(args []string, out io.Writer, head, tail string) (given map[string]bool, rest []string, err error) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for _, group := range g {
		group.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, f.Name, f.Usage) })
	}
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			g.help(out, head, tail)
			return nil, nil, err
		} else if err != nil {
			return nil, nil, Usagef("%w: -help lists the flags", err)
		}
		if fs.NArg() == 0 {
			break
		}
		rest, args = append(rest, fs.Arg(0)), fs.Args()[1:]
	}
	given = map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return given, rest, nil
}

// Subcommand parses the arguments of a subcommand that takes files and no flags, and returns the files. The first line
// of usage is "usage: PROGRAM NAME FILE...", with a word for each file. After -help it writes usage to out, and returns
// flag.ErrHelp.
func Subcommand(usage string, args []string, out io.Writer) (files []string, err error) {
	first, _, _ := strings.Cut(usage, "\n")
	call := strings.TrimPrefix(first, "usage: ")
	words := strings.Fields(call)
	name, want := words[1], len(words)-2
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	err = fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, usage)
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %s %s -h lists what there is", name, err, words[0], name)
	case fs.NArg() != want:
		return nil, fmt.Errorf("%s: %d arguments: want %s, %s", name, fs.NArg(), [...]string{"nothing", "one file", "two files"}[want], call)
	}
	return fs.Args(), nil
}

// help writes the text of -help.
func (g Groups) help(out io.Writer, head, tail string) {
	fmt.Fprint(out, head)
	for _, group := range g {
		fmt.Fprintf(out, "\n%s:\n", group.Name())
		group.SetOutput(out)
		group.PrintDefaults()
	}
	fmt.Fprint(out, tail)
}

// List joins words: "a, b or c".
func List(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
