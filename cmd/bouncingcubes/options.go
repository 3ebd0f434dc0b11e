package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// maxCubes bounds -cubes: 4 Mi cubes are 256 MiB of matrices, and about 2 GiB with their physics.
const maxCubes = 1 << 22

// options is the command line, checked: every field is in the range that its flag's help states.
type options struct {
	cubes, workers int
	tick           float64 // Hz
	seed           uint64
	frames         int // 0: until closed (window), or enough to see heaps form (offscreen)
	fountain       bool

	offscreen, window bool
	size              size
	msaa              int
	look              render.Look
	vsync             bool
	screenshot        string
	lookGiven         bool // by -look or -msaa: else a window that the CPU draws takes the cheap look

	upload           upload.Strategy
	adapter, backend string

	listAdapters, version bool
	cpuProfile, trace     string

	bench benchOptions

	given map[string]bool // flags that the command line names
}

// benchOptions are the flags of the frame-timing mode.
type benchOptions struct {
	on        bool
	compare   [2]string // report files, old and new; empty: no comparison
	threshold float64   // percent
	warmup    int       // frames
	moving    float64   // fraction of the cubes, 0 to 1
	pattern   string    // sim, random, stride or run
	free      bool
	json      string
	benchfmt  bool
	matrix    bool
	plot      string
}

// maxTimedFrames bounds what -bench keeps: 72 bytes a frame.
const maxTimedFrames = 1_000_000

// size is a picture's width and height in pixels.
type size struct{ width, height int }

// maxSide is the largest texture side that every adapter offers.
const maxSide = 8192

func (s size) String() string { return fmt.Sprintf("%dx%d", s.width, s.height) }

func (s *size) Set(text string) error {
	w, h, ok := strings.Cut(text, "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if !ok || errW != nil || errH != nil || width < 1 || height < 1 || width > maxSide || height > maxSide {
		return fmt.Errorf("want WIDTHxHEIGHT in pixels, each from 1 to %d, as in 1280x720", maxSide)
	}
	*s = size{width, height}
	return nil
}

// usageError is a fault of the command line or of what it names: one sentence, exit status 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// parse reads the command line. Its errors are usageErrors, or flag.ErrHelp after help was written to out.
func parse(args []string, out io.Writer) (options, error) {
	o := options{size: size{1280, 720}, msaa: 4}
	b := &o.bench
	fs := flag.NewFlagSet("bouncingcubes", flag.ContinueOnError)
	fs.SetOutput(io.Discard)

	fs.IntVar(&o.cubes, "cubes", 3000, "number of cubes, 1 to 4194304")
	fs.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "goroutines that step the physics, 1 to 1024")
	fs.Float64Var(&o.tick, "tick", 60, "physics ticks a second, `HZ` from 1 to 1000")
	fs.Uint64Var(&o.seed, "seed", 1, "seed of the physics")
	fs.IntVar(&o.frames, "frames", 0, "frames to draw (default: until closed; offscreen 90; -bench 300)")
	fs.BoolVar(&o.fountain, "fountain", false, "cubes come and go while it runs")

	fs.BoolVar(&o.offscreen, "offscreen", false, "draw to a picture, in lockstep: one tick for each frame")
	fs.BoolVar(&o.window, "window", false, "draw to a window, or fail where there is no display")
	fs.Var(&o.size, "size", "`WxH` of the picture in pixels, or of the window in screen units")
	fs.IntVar(&o.msaa, "msaa", o.msaa, "samples a pixel, 1 or 4 (default with -bench, and in a window drawn by the CPU: 1)")
	look := fs.String("look", "studio", "plain or studio: studio adds shadows and a ground grid (default with -bench, and in a window drawn by the CPU: plain)")
	fs.BoolVar(&o.vsync, "vsync", true, "wait for the display in a window (default with -bench: false)")
	fs.StringVar(&o.screenshot, "screenshot", "", "write the last frame to `FILE.png` (default offscreen: cubes.png)")

	strategy := fs.String("upload", "auto", "how changed slots reach the GPU: auto, ranges, merged, scatter or full")
	fs.StringVar(&o.adapter, "adapter", "", "use the adapter whose name contains `SUBSTRING`")
	fs.StringVar(&o.backend, "backend", "", "use this graphics API: vulkan, metal, dx12 or gl")
	fs.BoolVar(&o.listAdapters, "list-adapters", false, "list the adapters and end")
	fs.BoolVar(&o.version, "version", false, "print the version and end")
	fs.StringVar(&o.cpuProfile, "cpuprofile", "", "write a CPU profile to `FILE`, - for stdout")
	fs.StringVar(&o.trace, "trace", "", "write an execution trace to `FILE` (- for stdout), frames and phases marked as regions")

	fs.BoolVar(&b.on, "bench", false, "time frames and report where the time goes")
	compare := fs.String("compare", "", "compare two reports, `A.json,B.json`, and end; status 3 where B is slower, 4 where there are too few frames to tell")
	fs.Float64Var(&b.threshold, "threshold", 5, "how many `PERCENT` slower -compare lets pass")
	fs.IntVar(&b.warmup, "warmup", 60, "frames of -bench before the timed ones")
	fs.Float64Var(&b.moving, "moving", 1, "`FRACTION` of the cubes that -pattern writes each frame, 0 to 1")
	fs.StringVar(&b.pattern, "pattern", "sim", "which cubes -bench writes: sim (the physics), random, stride or run")
	fs.BoolVar(&b.free, "free", false, "writers run free instead of in lockstep with the frames")
	fs.StringVar(&b.json, "json", "", "write the report to `FILE`, - for stdout, with the table on stderr")
	fs.BoolVar(&b.benchfmt, "benchfmt", false, "print the report as Go benchmark lines, for benchstat")
	fs.BoolVar(&b.matrix, "matrix", false, "bench cubes x moving x pattern x strategy")
	fs.StringVar(&b.plot, "plot", "", "draw the report to `FILE.svg|.png`")

	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(out, "bouncingcubes streams the transforms of simulated cubes to the GPU and draws them.")
			fs.SetOutput(out)
			fs.PrintDefaults()
			return o, err
		}
		return o, usagef("%w: -help lists the flags", err)
	}
	if fs.NArg() > 0 {
		return o, usagef("unexpected argument %q: every option starts with a dash", fs.Arg(0))
	}
	given := map[string]bool{}
	o.given = given
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })

	if *compare != "" {
		a, bb, ok := strings.Cut(*compare, ",")
		if !ok || a == "" || bb == "" {
			return o, usagef("-compare %q: want two report files, A.json,B.json", *compare)
		}
		b.compare = [2]string{a, bb}
	}
	// Flags of the timing mode turn it on, so that none is silently ignored.
	for _, name := range []string{"warmup", "moving", "pattern", "free", "json", "benchfmt", "matrix", "plot"} {
		if given[name] && b.compare[0] == "" {
			b.on = true
		}
	}
	if b.on {
		if !given["msaa"] {
			o.msaa = 1
		}
		if !given["vsync"] {
			o.vsync = false
		}
		if !given["look"] {
			*look = "plain"
		}
		if !given["frames"] {
			o.frames = 300
		}
	}
	if given["moving"] && !given["pattern"] {
		b.pattern = "random"
	}
	o.lookGiven = given["look"] || given["msaa"]
	var err error
	if o.look, err = render.ParseLook(*look); err != nil {
		return o, usagef("-look: %w", err)
	}
	if o.upload, err = upload.ParseStrategy(*strategy); err != nil {
		return o, usagef("-upload: %w", err)
	}
	return o, o.check(given)
}

// check refuses what is out of range and what does not go together, before anything is opened.
func (o *options) check(given map[string]bool) error {
	b := &o.bench
	switch {
	case o.cubes < 1 || o.cubes > maxCubes:
		return usagef("-cubes %d: want 1 to %d", o.cubes, maxCubes)
	case o.workers < 1 || o.workers > 1024:
		return usagef("-workers %d: want 1 to 1024", o.workers)
	case !(o.tick >= 1 && o.tick <= 1000):
		return usagef("-tick %v: want 1 to 1000 Hz", o.tick)
	case o.frames < 0 || given["frames"] && o.frames == 0:
		return usagef("-frames %d: want 1 or more", o.frames)
	case o.msaa != 1 && o.msaa != 4:
		return usagef("-msaa %d: want 1 or 4", o.msaa)
	case o.offscreen && o.window:
		return usagef("-offscreen and -window exclude each other: give one")
	case !(b.threshold >= 0) || math.IsInf(b.threshold, 1):
		return usagef("-threshold %v: want a percentage, 0 or more", b.threshold)
	case b.warmup < 0:
		return usagef("-warmup %d: want 0 or more frames", b.warmup)
	case b.on && o.frames > maxTimedFrames:
		return usagef("-frames %d: -bench times %d at most", o.frames, maxTimedFrames)
	case b.pattern != "sim" && o.fountain:
		return usagef("-fountain needs the physics: leave -pattern %s out", b.pattern)
	case b.on && o.window && b.matrix:
		return usagef("-matrix draws offscreen: leave -window out")
	case b.on && o.screenshot != "" && (o.window || b.matrix):
		return usagef("-screenshot with -bench needs one run offscreen")
	case !(b.moving >= 0 && b.moving <= 1):
		return usagef("-moving %v: want a fraction, 0 to 1", b.moving)
	case !slices.Contains([]string{"sim", "random", "stride", "run"}, b.pattern):
		return usagef("-pattern %q: want sim, random, stride or run", b.pattern)
	case b.pattern == "sim" && given["moving"]:
		return usagef("-moving needs -pattern random, stride or run: the physics decides for itself what moves")
	case !slices.Contains([]string{"", "vulkan", "metal", "dx12", "gl"}, o.backend):
		return usagef("-backend %q: want vulkan, metal, dx12 or gl", o.backend)
	case b.plot != "" && !slices.Contains([]string{".svg", ".png"}, filepath.Ext(b.plot)):
		return usagef("-plot %s: want a name that ends in .svg or .png", b.plot)
	case o.screenshot != "" && filepath.Ext(o.screenshot) != ".png":
		return usagef("-screenshot %s: want a name that ends in .png", o.screenshot)
	}
	var outputs []output
	for _, file := range []output{
		{"-screenshot", o.screenshot}, {"-cpuprofile", o.cpuProfile}, {"-trace", o.trace}, {"-json", b.json}, {"-plot", b.plot},
	} {
		if file.path != "" {
			outputs = append(outputs, file)
		}
	}
	if b.benchfmt {
		outputs = append(outputs, output{"-benchfmt", standardOutput})
	}
	return checkOutputs(outputs)
}

// toStdout says whether a file that was asked for takes stdout.
func (o *options) toStdout() bool {
	return o.bench.benchfmt || slices.Contains([]string{o.cpuProfile, o.trace, o.bench.json}, standardOutput)
}
