package options

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/slotstream/slotstream/cmd/internal/cli"
)

// flags returns the flags, in groups as -help lists them. Parsing them fills o.
func (o *Options) flags() (groups cli.Groups) {
	b, w, group := &o.Bench, &o.World, groups.Group
	fs := group("The simulation")
	fs.IntVar(&w.Cubes, "cubes", 3000, fmt.Sprintf("simulate `N` cubes, from 1 to %d", MaxCubes))
	fs.IntVar(&w.Workers, "workers", runtime.GOMAXPROCS(0), "run the physics on `N` goroutines, from 1 to 1024")
	fs.Float64Var(&w.Tick, "tick", 60, "run the physics at `HZ` ticks a second, from 1 to 1000")
	fs.Uint64Var(&w.Seed, "seed", 1, "seed the physics with `N`; the same seed gives the same world")
	fs.BoolVar(&w.Fountain, "fountain", false, "let cubes come and go")

	o.Picture.Flags(group("The picture"), "90 with -offscreen, 300 with -bench", "cubes.png", "with -bench, and ")
	o.GPU.Flags(group("The GPU"))

	fs = group("Recordings")
	fs.StringVar(&o.Record, "record", "", "record the cubes to `FILE.mcap`, or to stdout if it is -")
	o.Network.Flags(group("Other processes"), "the cubes")

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

	o.Program.Flags(group("The program"))
	return groups
}
