// Package options reads and checks the command line before anything is opened.
package options

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
)

// MaxCubes is the most that -cubes takes: 4 Mi cubes are 256 MiB of matrices, and about 2 GiB with their physics.
const MaxCubes = 1 << 22

// Options is the command line. Parse has checked every field.
type Options struct {
	Cubes, Workers int
	Tick           float64 // Hz
	Seed           uint64
	Frames         int // 0: until the window is closed, or long enough for a good picture
	Fountain       bool

	Offscreen, Window bool
	Size              Size
	MSAA              int
	Look              string // plain or studio
	LookGiven         bool   // by -look or -msaa; otherwise a window that the CPU draws has the cheap look
	VSync             bool
	Screenshot        string

	Upload           string // auto, ranges, merged, scatter or full
	Adapter, Backend string

	ListAdapters, Version bool
	CPUProfile, Trace     string

	Record, Replay string  // files
	From           float64 // seconds of the recording
	Speed          float64 // 1: as fast as it was recorded

	Publish string   // a name
	Follow  []string // names
	NATS    string   // URL of a server
	Listen  string   // URL of the server in this process
	Web     string   // where to serve the page that shows in browsers what is published, host:port
	WebCert string   // files for https; empty: http
	WebKey  string
	Metrics string // host:port for the counters
	Shared  bool   // processes of this machine may write, too
	Address string // where they connect

	Bench Bench

	Given map[string]bool // the flags that the command line has
}

// Bench has the flags of the frame-timing mode.
type Bench struct {
	On        bool
	Compare   [2]string // report files, old and new; empty: no comparison
	Threshold float64   // percent
	Warmup    int       // frames
	Moving    float64   // fraction of the cubes, 0 to 1
	Pattern   string    // sim, random, stride or run
	Free      bool
	JSON      string
	Benchfmt  bool
	Matrix    bool
	Plot      string
}

// The words that some flags take.
var (
	Looks    = []string{"plain", "studio"}
	Uploads  = []string{"auto", "ranges", "merged", "scatter", "full"}
	Patterns = []string{"sim", "random", "stride", "run"}
	Backends = []string{"vulkan", "metal", "dx12", "gl"}
)

// list joins words: "a, b or c".
func list(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// MaxTimedFrames is the most frames that -bench times. It keeps 72 bytes for each.
const MaxTimedFrames = 1_000_000

// A UsageError says what is wrong with the command line, or with a thing that the command line names. The program ends
// with status 2.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Usagef returns a UsageError. It formats as fmt.Errorf does.
func Usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// Parse reads the command line. An error is a UsageError, or flag.ErrHelp after Parse has written the help to out.
func Parse(args []string, out io.Writer) (Options, error) {
	o := Options{Size: Size{1280, 720}, MSAA: 4, Given: map[string]bool{}}
	b := &o.Bench
	fs := flag.NewFlagSet("bouncingcubes", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	groups := o.flags()
	for _, g := range groups {
		g.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, f.Name, f.Usage) })
	}
	if i := slices.IndexFunc(args, func(a string) bool { return a == "-shared" || a == "--shared" }); i >= 0 &&
		i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
		args = slices.Concat(args[:i], []string{"-shared=" + args[i+1]}, args[i+2:]) // its value may be left out
	}
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			help(out, groups)
			return o, err
		}
		return o, Usagef("%w: -help lists the flags", err)
	}
	if fs.NArg() > 0 {
		return o, Usagef("unexpected argument %q: every flag starts with a dash", fs.Arg(0))
	}
	fs.Visit(func(f *flag.Flag) { o.Given[f.Name] = true })

	// A flag of the timing mode turns the mode on. Otherwise the flag would have no effect.
	for _, name := range []string{"warmup", "moving", "pattern", "free", "json", "benchfmt", "matrix", "plot"} {
		if o.Given[name] && b.Compare[0] == "" {
			b.On = true
		}
	}
	if b.On {
		if !o.Given["msaa"] {
			o.MSAA = 1
		}
		if !o.Given["vsync"] {
			o.VSync = false
		}
		if !o.Given["look"] {
			o.Look = "plain"
		}
		if !o.Given["frames"] {
			o.Frames = 300
		}
	}
	if o.Given["moving"] && !o.Given["pattern"] {
		b.Pattern = "random"
	}
	o.LookGiven = o.Given["look"] || o.Given["msaa"]
	return o, o.check()
}

// help writes the text of -help.
func help(out io.Writer, groups []*flag.FlagSet) {
	fmt.Fprint(out, "bouncingcubes simulates cubes, streams their transforms to the GPU, and draws them:\n"+
		"in a window, or in a picture where there is no display.\n\nUsage: bouncingcubes [flags]\n")
	for _, g := range groups {
		fmt.Fprintf(out, "\n%s:\n", g.Name())
		g.SetOutput(out)
		g.PrintDefaults()
	}
	fmt.Fprint(out, "\nExit status: 0 success, 1 failure, 2 wrong flag or argument, 3 and 4 see -compare.\n"+
		"Ctrl-C completes the files and ends the program, a second Ctrl-C ends it at once.\n")
}

// check refuses values out of range, and flags that exclude each other.
func (o *Options) check() error {
	b := &o.Bench
	switch {
	case o.Cubes < 1 || o.Cubes > MaxCubes:
		return Usagef("-cubes %d: want 1 to %d", o.Cubes, MaxCubes)
	case o.Workers < 1 || o.Workers > 1024:
		return Usagef("-workers %d: want 1 to 1024", o.Workers)
	case !(o.Tick >= 1 && o.Tick <= 1000):
		return Usagef("-tick %v: want 1 to 1000 Hz", o.Tick)
	case o.Frames < 0 || o.Given["frames"] && o.Frames == 0:
		return Usagef("-frames %d: want 1 or more", o.Frames)
	case o.MSAA != 1 && o.MSAA != 4:
		return Usagef("-msaa %d: want 1 or 4", o.MSAA)
	case !slices.Contains(Looks, o.Look):
		return Usagef("-look %q: want %s", o.Look, list(Looks))
	case !slices.Contains(Uploads, o.Upload):
		return Usagef("-upload %q: want %s", o.Upload, list(Uploads))
	case o.Offscreen && o.Window:
		return Usagef("-offscreen and -window exclude each other: leave one of them out")
	case !(b.Threshold >= 0) || math.IsInf(b.Threshold, 1):
		return Usagef("-threshold %v: want a percentage, 0 or more", b.Threshold)
	case b.Warmup < 0:
		return Usagef("-warmup %d: want 0 or more frames", b.Warmup)
	case b.On && o.Frames > MaxTimedFrames:
		return Usagef("-frames %d: -bench times at most %d", o.Frames, MaxTimedFrames)
	case b.Pattern != "sim" && o.Fountain:
		return Usagef("-fountain needs the physics: leave -pattern %s out", b.Pattern)
	case b.On && o.Window && b.Matrix:
		return Usagef("-matrix draws offscreen: leave -window out")
	case b.On && o.Screenshot != "" && (o.Window || b.Matrix):
		return Usagef("-screenshot with -bench needs a single run offscreen: leave -window and -matrix out")
	case o.Record != "" && b.Matrix:
		return Usagef("-record cannot record the many runs of -matrix: leave one of them out")
	case !(b.Moving >= 0 && b.Moving <= 1):
		return Usagef("-moving %v: want a fraction, 0 to 1", b.Moving)
	case !slices.Contains(Patterns, b.Pattern):
		return Usagef("-pattern %q: want %s", b.Pattern, list(Patterns))
	case b.Pattern == "sim" && o.Given["moving"]:
		return Usagef("-moving needs -pattern random, stride or run: with sim the physics decides which cubes move")
	case o.Backend != "" && !slices.Contains(Backends, o.Backend):
		return Usagef("-backend %q: want %s", o.Backend, list(Backends))
	case b.Plot != "" && !slices.Contains([]string{".svg", ".png"}, filepath.Ext(b.Plot)):
		return Usagef("-plot %s: want a name that ends in .svg or .png", b.Plot)
	case o.Screenshot != "" && filepath.Ext(o.Screenshot) != ".png":
		return Usagef("-screenshot %s: want a name that ends in .png", o.Screenshot)
	}
	if b.Compare[0] != "" {
		for _, name := range slices.Sorted(maps.Keys(o.Given)) {
			if !slices.Contains([]string{"compare", "threshold", "cpuprofile", "trace", "version"}, name) {
				return Usagef("-%s has no effect with -compare, which only compares two reports: leave it out", name)
			}
		}
	}
	if err := o.checkReplay(); err != nil {
		return err
	}
	if err := o.checkRelay(); err != nil {
		return err
	}
	var outputs []output
	for _, file := range []output{
		{"-record", o.Record}, {"-screenshot", o.Screenshot}, {"-cpuprofile", o.CPUProfile}, {"-trace", o.Trace}, {"-json", b.JSON}, {"-plot", b.Plot},
	} {
		switch {
		case file.path != "":
			outputs = append(outputs, file)
		case o.Given[file.flag[1:]]: // a shell variable that is not set, for example
			return Usagef("%s \"\": want the name of a file", file.flag)
		}
	}
	if b.Benchfmt {
		outputs = append(outputs, output{"-benchfmt", StandardOutput})
	}
	return checkOutputs(outputs)
}

// ToStdout reports whether an output goes to stdout, under any name. Then texts for the user go to stderr.
func (o *Options) ToStdout() bool {
	return o.Bench.Benchfmt || slices.ContainsFunc([]string{o.Record, o.Screenshot, o.CPUProfile, o.Trace, o.Bench.JSON, o.Bench.Plot}, isStdout)
}
