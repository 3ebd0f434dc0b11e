package options

import (
	"math"

	"github.com/slotstream/slotstream/render/wholefile"
)

// MaxSpeed is the most that -speed takes, forwards and backwards.
const MaxSpeed = 1000

// checkReplay checks the flags of a replay.
func (o *Options) checkReplay() error {
	if !o.Given["replay"] {
		for _, name := range []string{"from", "speed"} {
			if o.Given[name] {
				return Usagef("-%s needs -replay", name)
			}
		}
		return nil
	}
	if err := o.noSimulation("-replay plays a recording"); err != nil {
		return err
	}
	switch {
	case o.Replay == "" || o.Replay == StandardOutput:
		return Usagef("-replay %q: want the name of a file", o.Replay)
	case o.Record != "":
		return Usagef("-record and -replay exclude each other: leave one of them out")
	case o.Bench.On:
		return Usagef("-bench times the simulation: leave -replay out")
	case !(o.From >= 0) || math.IsInf(o.From, 1):
		return Usagef("-from %v: want seconds, 0 or more", o.From)
	case !(math.Abs(o.Speed) <= MaxSpeed) || o.Speed == 0:
		return Usagef("-speed %v: want -%d to %d, and not 0", o.Speed, MaxSpeed, MaxSpeed)
	}
	for _, out := range []output{{"-screenshot", o.Screenshot}, {"-cpuprofile", o.CPUProfile}, {"-trace", o.Trace}} {
		if out.path != "" && wholefile.Same(out.path, o.Replay) {
			return Usagef("%s would overwrite %s, which -replay reads: name another file", out.flag, o.Replay)
		}
	}
	return nil
}

// noSimulation refuses flags of the simulation where the program does something different instead.
func (o *Options) noSimulation(instead string) error {
	for _, name := range []string{"cubes", "workers", "tick", "seed", "fountain"} {
		if o.Given[name] {
			return Usagef("-%s is for the simulation, but %s: leave one of them out", name, instead)
		}
	}
	return nil
}
