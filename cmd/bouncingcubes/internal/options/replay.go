package options

import (
	"math"

	"github.com/slotstream/slotstream/render/wholefile"
)

// simulation are the flags that say what to simulate, which is settled where something else is shown.
var simulation = []string{"cubes", "workers", "tick", "seed", "fountain"}

// MaxSpeed bounds -speed.
const MaxSpeed = 1000

// checkReplay refuses what does not go together with a recording that is shown, and what needs one.
func (o *Options) checkReplay(given map[string]bool) error {
	if !given["replay"] {
		for _, name := range []string{"from", "speed"} {
			if given[name] {
				return Usagef("-%s needs -replay: it says how a recording is shown", name)
			}
		}
		return nil
	}
	for _, name := range simulation {
		if given[name] {
			return Usagef("-%s says what to simulate, and -replay shows a recording: give one of them", name)
		}
	}
	switch {
	case o.Replay == "" || o.Replay == StandardOutput:
		return Usagef("-replay %q: want the name of a file", o.Replay)
	case o.Record != "":
		return Usagef("-record and -replay exclude each other: what -replay shows is recorded already")
	case o.Bench.On:
		return Usagef("-bench times the simulation: leave -replay out")
	case !(o.From >= 0) || math.IsInf(o.From, 1):
		return Usagef("-from %v: want seconds, 0 or more", o.From)
	case !(math.Abs(o.Speed) <= MaxSpeed) || o.Speed == 0:
		return Usagef("-speed %v: want -%d to %d, and not 0", o.Speed, MaxSpeed, MaxSpeed)
	}
	for _, out := range []output{{"-screenshot", o.Screenshot}, {"-cpuprofile", o.CPUProfile}, {"-trace", o.Trace}} {
		if out.path != "" && wholefile.Same(out.path, o.Replay) {
			return Usagef("%s would write over %s, which -replay reads: give it a file of its own", out.flag, o.Replay)
		}
	}
	return nil
}
