// Package options reads and checks the command line before anything is opened.
package options

import (
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"

	"github.com/slotstream/slotstream/cmd/internal/cli"
)

// MaxCubes is the most that -cubes takes: 4 Mi cubes are 256 MiB of matrices, and about 2 GiB with their physics.
const MaxCubes = 1 << 22

// Options is the command line: a configuration for each part of the program. Parse has checked every field.
type Options struct {
	World   World
	Record  string // a file
	Bench   Bench
	Picture cli.Picture
	GPU     cli.GPU
	Network cli.Network
	Program cli.Program

	Given map[string]bool // the flags that the command line has
}

// World has the flags of the simulation.
type World struct {
	Cubes, Workers int
	Tick           float64 // Hz
	Seed           uint64
	Fountain       bool
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

// Patterns are the words that -pattern takes.
var Patterns = []string{"sim", "random", "stride", "run"}

// MaxTimedFrames is the most frames that -bench times. It keeps 72 bytes for each.
const MaxTimedFrames = 1_000_000

// Parse reads the command line. An error is a UsageError, or flag.ErrHelp after Parse has written the help to out.
func Parse(args []string, out io.Writer) (o Options, err error) {
	b, p := &o.Bench, &o.Picture
	var rest []string
	if o.Given, rest, err = o.flags().Parse(args, out, head, tail); err != nil {
		return o, err
	}
	if len(rest) > 0 {
		return o, cli.Usagef("unexpected argument %q: every flag starts with a dash", rest[0])
	}

	// A flag of the timing mode turns the mode on. Otherwise the flag would have no effect.
	for _, name := range []string{"warmup", "moving", "pattern", "free", "json", "benchfmt", "matrix", "plot"} {
		if o.Given[name] && b.Compare[0] == "" {
			b.On = true
		}
	}
	if b.On {
		if !o.Given["msaa"] {
			p.MSAA = 1
		}
		if !o.Given["vsync"] {
			p.VSync = false
		}
		if !o.Given["look"] {
			p.Look = "plain"
		}
		if !o.Given["frames"] {
			p.Frames = 300
		}
	}
	if o.Given["moving"] && !o.Given["pattern"] {
		b.Pattern = "random"
	}
	return o, o.check()
}

// The text of -help around the flags.
const (
	head = "bouncingcubes simulates cubes, streams their transforms to the GPU, and draws them:\n" +
		"in a window, or in a picture where there is no display.\n\nUsage: bouncingcubes [flags]\n"
	tail = "\nExit status: 0 success, 1 failure, 2 wrong flag or argument, 3 and 4 see -compare.\n" +
		"Ctrl-C completes the files and ends the program, a second Ctrl-C ends it at once.\n"
)

// check refuses values out of range, and flags that exclude each other.
func (o *Options) check() error {
	b, w, p := &o.Bench, &o.World, &o.Picture
	for _, check := range []func() error{func() error { return p.Check(o.Given) }, o.GPU.Check, func() error { return o.Network.Check(o.Given) }} {
		if err := check(); err != nil {
			return err
		}
	}
	switch {
	case w.Cubes < 1 || w.Cubes > MaxCubes:
		return cli.Usagef("-cubes %d: want 1 to %d", w.Cubes, MaxCubes)
	case w.Workers < 1 || w.Workers > 1024:
		return cli.Usagef("-workers %d: want 1 to 1024", w.Workers)
	case !(w.Tick >= 1 && w.Tick <= 1000):
		return cli.Usagef("-tick %v: want 1 to 1000 Hz", w.Tick)
	case !(b.Threshold >= 0) || math.IsInf(b.Threshold, 1):
		return cli.Usagef("-threshold %v: want a percentage, 0 or more", b.Threshold)
	case b.Warmup < 0:
		return cli.Usagef("-warmup %d: want 0 or more frames", b.Warmup)
	case b.On && p.Frames > MaxTimedFrames:
		return cli.Usagef("-frames %d: -bench times at most %d", p.Frames, MaxTimedFrames)
	case b.Pattern != "sim" && w.Fountain:
		return cli.Usagef("-fountain needs the physics: leave -pattern %s out", b.Pattern)
	case b.On && p.Window && b.Matrix:
		return cli.Usagef("-matrix draws offscreen: leave -window out")
	case b.On && p.Screenshot != "" && (p.Window || b.Matrix):
		return cli.Usagef("-screenshot with -bench needs a single run offscreen: leave -window and -matrix out")
	case o.Record != "" && b.Matrix:
		return cli.Usagef("-record cannot record the many runs of -matrix: leave one of them out")
	case !(b.Moving >= 0 && b.Moving <= 1):
		return cli.Usagef("-moving %v: want a fraction, 0 to 1", b.Moving)
	case !slices.Contains(Patterns, b.Pattern):
		return cli.Usagef("-pattern %q: want %s", b.Pattern, cli.List(Patterns))
	case b.Pattern == "sim" && o.Given["moving"]:
		return cli.Usagef("-moving needs -pattern random, stride or run: with sim the physics decides which cubes move")
	case b.Plot != "" && !slices.Contains([]string{".svg", ".png"}, filepath.Ext(b.Plot)):
		return cli.Usagef("-plot %s: want a name that ends in .svg or .png", b.Plot)
	}
	if b.Compare[0] != "" {
		for _, name := range slices.Sorted(maps.Keys(o.Given)) {
			if !slices.Contains([]string{"compare", "threshold", "cpuprofile", "trace", "version"}, name) {
				return cli.Usagef("-%s has no effect with -compare, which only compares two reports: leave it out", name)
			}
		}
	}
	if b.On && o.Network.Publish != "" {
		return cli.Usagef("-bench times only the simulation: leave -publish and -web out")
	}
	return o.outputs().Check(o.Given)
}

// outputs returns the files that the flags name.
func (o *Options) outputs() cli.Outputs {
	all := cli.Outputs{
		{Flag: "-record", Path: o.Record}, {Flag: "-screenshot", Path: o.Picture.Screenshot}, {Flag: "-cpuprofile", Path: o.Program.CPUProfile},
		{Flag: "-trace", Path: o.Program.Trace}, {Flag: "-json", Path: o.Bench.JSON}, {Flag: "-plot", Path: o.Bench.Plot},
	}
	if o.Bench.Benchfmt {
		all = append(all, cli.Output{Flag: "-benchfmt", Path: cli.StandardOutput})
	}
	return all
}

// ToStdout reports whether an output goes to stdout, under any name. Then texts for the user go to stderr.
func (o *Options) ToStdout() bool { return o.outputs().ToStdout() }
