package options

import (
	"errors"
	"flag"
	"runtime"
	"strings"
)

// flags are what the command line may say, in groups as -help lists them. Parsing them fills o.
func (o *Options) flags() (groups []*flag.FlagSet) {
	b := &o.Bench
	group := func(title string) *flag.FlagSet {
		fs := flag.NewFlagSet(title, flag.ContinueOnError)
		groups = append(groups, fs)
		return fs
	}

	fs := group("What is simulated")
	fs.IntVar(&o.Cubes, "cubes", 3000, "`N` cubes, 1 to 4194304")
	fs.IntVar(&o.Workers, "workers", runtime.GOMAXPROCS(0), "`N` goroutines that step the physics, 1 to 1024")
	fs.Float64Var(&o.Tick, "tick", 60, "physics ticks a second, `HZ` from 1 to 1000")
	fs.Uint64Var(&o.Seed, "seed", 1, "`N`, the seed of the physics")
	fs.BoolVar(&o.Fountain, "fountain", false, "cubes come and go while it runs")

	fs = group("What is drawn")
	fs.IntVar(&o.Frames, "frames", 0, "`N` frames to draw (default: until closed; offscreen 90; -bench 300)")
	fs.BoolVar(&o.Offscreen, "offscreen", false, "draw to a picture, in lockstep: one tick for each frame")
	fs.BoolVar(&o.Window, "window", false, "draw to a window, or fail where there is no display")
	fs.Var(&o.Size, "size", "`WxH` of the picture in pixels, or of the window in screen units")
	fs.IntVar(&o.MSAA, "msaa", o.MSAA, "`N` samples a pixel, 1 or 4 (default with -bench, and in a window drawn by the CPU: 1)")
	fs.StringVar(&o.Look, "look", "studio",
		"`LOOK` plain or studio: studio adds shadows and a ground grid (default with -bench, and in a window drawn by the CPU: plain)")
	fs.BoolVar(&o.VSync, "vsync", true, "wait for the display in a window (default with -bench: false)")
	fs.StringVar(&o.Screenshot, "screenshot", "", "write the last frame to `FILE.png` (default offscreen: cubes.png)")

	fs = group("How it gets to the GPU, and to which")
	fs.StringVar(&o.Upload, "upload", "auto", "`STRATEGY` by which changed slots reach the GPU: auto, ranges, merged, scatter or full")
	fs.StringVar(&o.Adapter, "adapter", "", "use the adapter whose name contains `SUBSTRING`")
	fs.StringVar(&o.Backend, "backend", "", "use the graphics `API` vulkan, metal, dx12 or gl")
	fs.BoolVar(&o.ListAdapters, "list-adapters", false, "list the adapters and end")

	fs = group("Recordings")
	fs.StringVar(&o.Record, "record", "", "record what happens to `FILE.mcap`, - for stdout")
	fs.StringVar(&o.Replay, "replay", "", "show the recording `FILE.mcap` instead of simulating")
	fs.Float64Var(&o.From, "from", 0, "where in the recording -replay begins, `SECONDS`; past its end: at its last moment")
	fs.Float64Var(&o.Speed, "speed", 1, "how many `TIMES` as fast -replay plays, backwards below 0")

	fs = group("Other processes")
	fs.StringVar(&o.Publish, "publish", "", "publish what happens under `NAME`, for others to follow")
	fs.Func("follow", "show what others publish, `NAME[,NAME...]`, instead of simulating", func(names string) error {
		if o.Follow = nil; names != "" {
			o.Follow = strings.Split(names, ",")
		}
		return nil
	})
	fs.StringVar(&o.NATS, "nats", "", "the NATS server, `URL` (default with -publish: one in this process, whose URL is printed)")
	fs.StringVar(&o.Listen, "listen", "", "where -publish without -nats has its server, a `URL` as it prints one (default: a free port, a random token)")
	fs.StringVar(&o.Metrics, "metrics", "", "serve what -publish counts over HTTP at `HOST:PORT`, as JSON (expvar); its URL is printed")

	fs = group("Timing frames")
	fs.BoolVar(&b.On, "bench", false, "time frames and report where the time goes")
	fs.IntVar(&b.Warmup, "warmup", 60, "`N` frames of -bench before the timed ones")
	fs.StringVar(&b.Pattern, "pattern", "sim", "which cubes -bench writes, `PATTERN` sim (the physics), random, stride or run")
	fs.Float64Var(&b.Moving, "moving", 1, "`FRACTION` of the cubes that -pattern writes each frame, 0 to 1")
	fs.BoolVar(&b.Free, "free", false, "writers run free instead of in lockstep with the frames")
	fs.BoolVar(&b.Matrix, "matrix", false, "bench cubes x moving x pattern x strategy")
	fs.StringVar(&b.JSON, "json", "", "write the report to `FILE`, - for stdout, with the table on stderr")
	fs.BoolVar(&b.Benchfmt, "benchfmt", false, "print the report as Go benchmark lines, for benchstat")
	fs.StringVar(&b.Plot, "plot", "", "draw the report to `FILE.svg|.png`")
	fs.Func("compare", "compare two reports, `A.json,B.json`, and end; status 3 if B is slower, 4 if it cannot be told: runs or phases missing, interrupted, or of too few frames",
		func(files string) error {
			old, new, ok := strings.Cut(files, ",")
			if !ok || old == "" || new == "" {
				return errors.New("want two report files, A.json,B.json")
			}
			b.Compare = [2]string{old, new}
			return nil
		})
	fs.Float64Var(&b.Threshold, "threshold", 5, "how many `PERCENT` slower -compare lets pass")

	fs = group("The program itself")
	fs.StringVar(&o.CPUProfile, "cpuprofile", "", "write a CPU profile to `FILE`, - for stdout")
	fs.StringVar(&o.Trace, "trace", "", "write an execution trace to `FILE` (- for stdout), frames and phases marked as regions")
	fs.BoolVar(&o.Version, "version", false, "print the version and end")
	return groups
}
