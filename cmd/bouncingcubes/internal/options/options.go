// Package options is the command line, read and checked before anything is opened.
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

// MaxCubes bounds -cubes: 4 Mi cubes are 256 MiB of matrices, and about 2 GiB with their physics.
const MaxCubes = 1 << 22

// Options is the command line, checked: every field is in the range that its flag's help states.
type Options struct {
	Cubes, Workers int
	Tick           float64 // Hz
	Seed           uint64
	Frames         int // 0: until closed (window), or enough to see heaps form (offscreen)
	Fountain       bool

	Offscreen, Window bool
	Size              Size
	MSAA              int
	Look              string // plain or studio
	VSync             bool
	Screenshot        string
	LookGiven         bool // by -look or -msaa: else a window that the CPU draws takes the cheap look

	Upload           string // auto, ranges, merged, scatter or full
	Adapter, Backend string

	ListAdapters, Version bool
	CPUProfile, Trace     string

	Record, Replay string  // files
	From           float64 // seconds of the recording
	Speed          float64 // times as fast as it was

	Publish string   // a name
	Follow  []string // names
	NATS    string   // the URL of a server
	Listen  string   // that of the one in this process
	Metrics string   // where to serve what is counted, host:port

	Bench Bench

	Given map[string]bool // flags that the command line names
}

// Bench are the flags of the frame-timing mode.
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

// What flags that take a word take.
var (
	Looks    = []string{"plain", "studio"}
	Uploads  = []string{"auto", "ranges", "merged", "scatter", "full"}
	Patterns = []string{"sim", "random", "stride", "run"}
	Backends = []string{"vulkan", "metal", "dx12", "gl"}
)

// list is "a, b or c".
func list(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// MaxTimedFrames bounds what -bench keeps: 72 bytes a frame.
const MaxTimedFrames = 1_000_000

// UsageError is a fault of the command line or of what it names: one sentence, exit status 2.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

func (e UsageError) Unwrap() error { return e.Err }

// Usagef is a UsageError of a sentence.
func Usagef(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// Parse reads the command line. Its errors are UsageErrors, or flag.ErrHelp after help was written to out.
func Parse(args []string, out io.Writer) (Options, error) {
	o := Options{Size: Size{1280, 720}, MSAA: 4}
	b := &o.Bench
	fs := flag.NewFlagSet("bouncingcubes", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	groups := o.flags()
	for _, g := range groups {
		g.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, f.Name, f.Usage) })
	}
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(out, "bouncingcubes streams the transforms of simulated cubes to the GPU and draws them.")
			for _, g := range groups {
				fmt.Fprintf(out, "\n%s:\n", g.Name())
				g.SetOutput(out)
				g.PrintDefaults()
			}
			return o, err
		}
		return o, Usagef("%w: -help lists the flags", err)
	}
	if fs.NArg() > 0 {
		return o, Usagef("unexpected argument %q: every option starts with a dash", fs.Arg(0))
	}
	given := map[string]bool{}
	o.Given = given
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	// Flags of the timing mode turn it on, so that none is silently ignored.
	for _, name := range []string{"warmup", "moving", "pattern", "free", "json", "benchfmt", "matrix", "plot"} {
		if given[name] && b.Compare[0] == "" {
			b.On = true
		}
	}
	if b.On {
		if !given["msaa"] {
			o.MSAA = 1
		}
		if !given["vsync"] {
			o.VSync = false
		}
		if !given["look"] {
			o.Look = "plain"
		}
		if !given["frames"] {
			o.Frames = 300
		}
	}
	if given["moving"] && !given["pattern"] {
		b.Pattern = "random"
	}
	o.LookGiven = given["look"] || given["msaa"]
	return o, o.check(given)
}

// check refuses what is out of range and what does not go together, before anything is opened.
func (o *Options) check(given map[string]bool) error {
	b := &o.Bench
	switch {
	case o.Cubes < 1 || o.Cubes > MaxCubes:
		return Usagef("-cubes %d: want 1 to %d", o.Cubes, MaxCubes)
	case o.Workers < 1 || o.Workers > 1024:
		return Usagef("-workers %d: want 1 to 1024", o.Workers)
	case !(o.Tick >= 1 && o.Tick <= 1000):
		return Usagef("-tick %v: want 1 to 1000 Hz", o.Tick)
	case o.Frames < 0 || given["frames"] && o.Frames == 0:
		return Usagef("-frames %d: want 1 or more", o.Frames)
	case o.MSAA != 1 && o.MSAA != 4:
		return Usagef("-msaa %d: want 1 or 4", o.MSAA)
	case !slices.Contains(Looks, o.Look):
		return Usagef("-look %q: want %s", o.Look, list(Looks))
	case !slices.Contains(Uploads, o.Upload):
		return Usagef("-upload %q: want %s", o.Upload, list(Uploads))
	case o.Offscreen && o.Window:
		return Usagef("-offscreen and -window exclude each other: give one")
	case !(b.Threshold >= 0) || math.IsInf(b.Threshold, 1):
		return Usagef("-threshold %v: want a percentage, 0 or more", b.Threshold)
	case b.Warmup < 0:
		return Usagef("-warmup %d: want 0 or more frames", b.Warmup)
	case b.On && o.Frames > MaxTimedFrames:
		return Usagef("-frames %d: -bench times %d at most", o.Frames, MaxTimedFrames)
	case b.Pattern != "sim" && o.Fountain:
		return Usagef("-fountain needs the physics: leave -pattern %s out", b.Pattern)
	case b.On && o.Window && b.Matrix:
		return Usagef("-matrix draws offscreen: leave -window out")
	case b.On && o.Screenshot != "" && (o.Window || b.Matrix):
		return Usagef("-screenshot with -bench needs one run offscreen")
	case o.Record != "" && b.Matrix:
		return Usagef("-record with -matrix: it is many runs: record one of them")
	case !(b.Moving >= 0 && b.Moving <= 1):
		return Usagef("-moving %v: want a fraction, 0 to 1", b.Moving)
	case !slices.Contains(Patterns, b.Pattern):
		return Usagef("-pattern %q: want %s", b.Pattern, list(Patterns))
	case b.Pattern == "sim" && given["moving"]:
		return Usagef("-moving needs -pattern random, stride or run: the physics decides for itself what moves")
	case o.Backend != "" && !slices.Contains(Backends, o.Backend):
		return Usagef("-backend %q: want %s", o.Backend, list(Backends))
	case b.Plot != "" && !slices.Contains([]string{".svg", ".png"}, filepath.Ext(b.Plot)):
		return Usagef("-plot %s: want a name that ends in .svg or .png", b.Plot)
	case o.Screenshot != "" && filepath.Ext(o.Screenshot) != ".png":
		return Usagef("-screenshot %s: want a name that ends in .png", o.Screenshot)
	}
	if b.Compare[0] != "" {
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if !slices.Contains([]string{"compare", "threshold", "cpuprofile", "trace", "version"}, name) {
				return Usagef("-%s has no part in -compare, which compares two reports and ends: leave it out", name)
			}
		}
	}
	if err := o.checkReplay(given); err != nil {
		return err
	}
	if err := o.checkRelay(given); err != nil {
		return err
	}
	var outputs []output
	for _, file := range []output{
		{"-record", o.Record}, {"-screenshot", o.Screenshot}, {"-cpuprofile", o.CPUProfile}, {"-trace", o.Trace}, {"-json", b.JSON}, {"-plot", b.Plot},
	} {
		switch {
		case file.path != "":
			outputs = append(outputs, file)
		case given[file.flag[1:]]: // by a variable that is not set, say
			return Usagef("%s \"\": want the name of a file", file.flag)
		}
	}
	if b.Benchfmt {
		outputs = append(outputs, output{"-benchfmt", StandardOutput})
	}
	return checkOutputs(outputs)
}

// ToStdout says whether something that was asked for takes stdout, by whatever name: what is for a person to read goes
// to stderr then.
func (o *Options) ToStdout() bool {
	return o.Bench.Benchfmt || slices.ContainsFunc([]string{o.Record, o.Screenshot, o.CPUProfile, o.Trace, o.Bench.JSON, o.Bench.Plot}, isStdout)
}
