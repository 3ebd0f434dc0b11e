package options

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"strings"
)

// flags returns the flags, in groups as -help lists them. Parsing them fills o.
func (o *Options) flags() (groups []*flag.FlagSet) {
	b := &o.Bench
	group := func(title string) *flag.FlagSet {
		fs := flag.NewFlagSet(title, flag.ContinueOnError)
		groups = append(groups, fs)
		return fs
	}

	fs := group("The simulation")
	fs.IntVar(&o.Cubes, "cubes", 3000, fmt.Sprintf("simulate `N` cubes, from 1 to %d", MaxCubes))
	fs.IntVar(&o.Workers, "workers", runtime.GOMAXPROCS(0), "run the physics on `N` goroutines, from 1 to 1024")
	fs.Float64Var(&o.Tick, "tick", 60, "run the physics at `HZ` ticks a second, from 1 to 1000")
	fs.Uint64Var(&o.Seed, "seed", 1, "seed the physics with `N`; the same seed gives the same world")
	fs.BoolVar(&o.Fountain, "fountain", false, "let cubes come and go")

	fs = group("The picture")
	fs.IntVar(&o.Frames, "frames", 0, "draw `N` frames, then exit (default: 90 with -offscreen, 300 with -bench, otherwise until the window is closed)")
	fs.BoolVar(&o.Offscreen, "offscreen", false, "draw a picture to a file instead of a window, with one tick for each frame")
	fs.BoolVar(&o.Window, "window", false, "draw to a window, and fail if there is no display (default: without a display, draw offscreen)")
	fs.Var(&o.Size, "size", "draw a picture of `WxH` pixels, or a window of that size in screen units")
	fs.IntVar(&o.MSAA, "msaa", o.MSAA, "take `N` samples for each pixel, 1 or 4; with -bench, and for a window that the CPU draws, the default is 1")
	fs.StringVar(&o.Look, "look", "studio",
		"draw in the `LOOK` plain or studio, which has shadows and a ground grid; with -bench, and for a window that the CPU draws, the default is plain")
	fs.BoolVar(&o.VSync, "vsync", true, "let a window wait for the display; with -bench the default is false")
	fs.StringVar(&o.Screenshot, "screenshot", "", "write the last frame to `FILE.png` (default with -offscreen: a new file named cubes.png)")

	fs = group("The GPU")
	fs.StringVar(&o.Upload, "upload", "auto", "upload changed slots by the `STRATEGY` auto, ranges, merged, scatter or full")
	fs.StringVar(&o.Adapter, "adapter", "", "use the graphics adapter whose name contains `TEXT`")
	fs.StringVar(&o.Backend, "backend", "", "use the graphics `API` vulkan, metal, dx12 or gl")
	fs.BoolVar(&o.ListAdapters, "list-adapters", false, "list the graphics adapters, then exit")

	fs = group("Recordings")
	fs.StringVar(&o.Record, "record", "", "record the cubes to `FILE.mcap`, or to stdout if it is -")
	fs.StringVar(&o.Replay, "replay", "", "play the recording `FILE.mcap` instead of running a simulation")
	fs.Float64Var(&o.From, "from", 0, "begin -replay at `SECONDS`; after the end of the recording, show its last moment")
	fs.Float64Var(&o.Speed, "speed", 1, fmt.Sprintf("play -replay `TIMES` as fast, up to %d; a negative number plays backwards", MaxSpeed))

	fs = group("Other processes")
	fs.StringVar(&o.Publish, "publish", "", "publish the cubes under `NAME`, so that other processes can follow them")
	fs.Func("follow", "draw the worlds that other processes publish under `NAME[,NAME...]` instead of running a simulation", func(names string) error {
		if o.Follow = nil; names != "" {
			o.Follow = strings.Split(names, ",")
		}
		return nil
	})
	fs.BoolFunc("shared", "let processes of this machine write cubes into shared memory, too, at the socket `[ADDRESS]` (arena/shared has files for C, Python and Rust)",
		func(address string) error {
			if o.Shared = true; address != "true" {
				o.Address = address
			}
			return nil
		})
	fs.StringVar(&o.NATS, "nats", "", "use the NATS server at `URL` (default with -publish: a server in this process, whose URL is printed)")
	fs.StringVar(&o.Listen, "listen", "", "run the server of -publish at `URL`, in the form that -publish prints (default: a free port and a random token)")
	fs.StringVar(&o.Web, "web", "", "show what -publish publishes in browsers, too: serve a page at `HOST:PORT`; its URL is printed")
	fs.StringVar(&o.WebCert, "web-cert", "", "serve the page of -web by https with the certificate in `FILE`")
	fs.StringVar(&o.WebKey, "web-key", "", "use the private key in `FILE` with -web-cert")
	fs.StringVar(&o.Metrics, "metrics", "", "serve the counters of -publish over HTTP at `HOST:PORT`, as the JSON of Go's expvar; the URL is printed")

	fs = group("Frame timing")
	fs.BoolVar(&b.On, "bench", false, "time frames, and report how long each phase takes")
	fs.IntVar(&b.Warmup, "warmup", 60, "draw `N` frames before the timed ones")
	fs.StringVar(&b.Pattern, "pattern", "sim", "write cubes in the `PATTERN` random, stride or run, or sim for the physics")
	fs.Float64Var(&b.Moving, "moving", 1, "let -pattern write this `FRACTION` of the cubes for each frame, from 0 to 1")
	fs.BoolVar(&b.Free, "free", false, "tick by the clock instead of once for each frame")
	fs.BoolVar(&b.Matrix, "matrix", false, "time every combination of some numbers of cubes, fractions, patterns and strategies")
	fs.StringVar(&b.JSON, "json", "", "write the report to `FILE`, or to stdout if it is -; the table goes to stderr then")
	fs.BoolVar(&b.Benchfmt, "benchfmt", false, "print the report as Go benchmark lines, for benchstat")
	fs.StringVar(&b.Plot, "plot", "", "draw the report to `FILE.svg|.png`")
	fs.Func("compare", "compare the reports `A.json,B.json`, then exit: with status 3 if B is slower, and with status 4 if a run or a phase is missing, interrupted or too short to compare",
		func(files string) error {
			old, new, ok := strings.Cut(files, ",")
			if !ok || old == "" || new == "" {
				return errors.New("want two report files, A.json,B.json")
			}
			b.Compare = [2]string{old, new}
			return nil
		})
	fs.Float64Var(&b.Threshold, "threshold", 5, "let -compare accept a slowdown of up to `PERCENT`")

	fs = group("The program")
	fs.StringVar(&o.CPUProfile, "cpuprofile", "", "write a CPU profile to `FILE`, or to stdout if it is -")
	fs.StringVar(&o.Trace, "trace", "", "write an execution trace to `FILE`, or to stdout if it is -; each phase of a frame is a region")
	fs.BoolVar(&o.Version, "version", false, "print the version, then exit")
	return groups
}
