package options

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

// Set takes a text that String gives back, or it refuses the text and changes nothing.
func FuzzSize(f *testing.F) {
	for _, seed := range []string{"1280x720", "1x1", "8192x8192", "0x0", "8193x1", "-1x5", "+1x5", "1x", "x1", "1280×720", "1e3x5", "01x1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		was := Size{640, 480}
		s := was
		if err := s.Set(text); err != nil {
			if s != was {
				t.Errorf("%q was refused (%v) and changed the size to %v", text, err, s)
			}
			return
		}
		if s.Width < 1 || s.Height < 1 {
			t.Fatalf("%q gives %v", text, s)
		}
		again := Size{}
		if err := again.Set(s.String()); err != nil || again != s {
			t.Errorf("%q gives %v, which reads as %v, %v", text, s, again, err)
		}
	})
}

// No command line panics, and every refusal is a usage error.
func FuzzParse(f *testing.F) {
	f.Add("-cubes", "10", "-size")
	f.Add("-moving", "0.5", "-pattern")
	f.Add("-compare", "a,b", "-threshold")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if _, err := Parse([]string{a, b, c}, io.Discard); err != nil && !errors.As(err, new(UsageError)) && !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%q %q %q: %v is not a usage error", a, b, c, err)
		}
	})
}

// Every flag of the simulation is refused beside -replay and -follow.
func TestNothingToSimulate(t *testing.T) {
	t.Parallel()
	for _, other := range [][]string{{"-replay", "a.mcap"}, {"-follow", "a", "-nats", "nats://127.0.0.1:4222"}} {
		if _, err := Parse(other, io.Discard); err != nil {
			t.Fatal(err)
		}
		new(Options).flags()[0].VisitAll(func(f *flag.Flag) {
			_, err := Parse(append([]string{"-" + f.Name + "=" + f.DefValue}, other...), io.Discard)
			if want := "-" + f.Name + " is for the simulation"; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("-%s with %v: %v, want %q", f.Name, other, err, want)
			}
		})
	}
}

// A flag that has no effect beside -compare is refused.
func TestCompareAlone(t *testing.T) {
	t.Parallel()
	for _, with := range [][]string{nil, {"-threshold", "3"}, {"-cpuprofile", "a.prof"}} {
		if _, err := Parse(append([]string{"-compare", "a.json,b.json"}, with...), io.Discard); err != nil {
			t.Errorf("with %v: %v", with, err)
		}
	}
	for _, with := range [][]string{{"-record", "a.mcap"}, {"-replay", "a.mcap"}, {"-publish", "a"}, {"-json", "c.json"}, {"-bench"}, {"-screenshot", "a.png"}} {
		_, err := Parse(append([]string{"-compare", "a.json,b.json"}, with...), io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), with[0]+" has no effect with -compare") {
			t.Errorf("with %v: %v", with, err)
		}
	}
}
