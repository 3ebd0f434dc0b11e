package options

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/cmd/internal/cli"
)

// No command line panics, and every refusal is a usage error.
func FuzzParse(f *testing.F) {
	f.Add("-cubes", "10", "-size")
	f.Add("-moving", "0.5", "-pattern")
	f.Add("-compare", "a,b", "-threshold")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if _, err := Parse([]string{a, b, c}, io.Discard); err != nil && !errors.As(err, new(cli.UsageError)) && !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%q %q %q: %v is not a usage error", a, b, c, err)
		}
	})
}

// A flag that has no effect beside -compare is refused.
func TestCompareAlone(t *testing.T) {
	t.Parallel()
	for _, with := range [][]string{nil, {"-threshold", "3"}, {"-cpuprofile", "a.prof"}} {
		if _, err := Parse(append([]string{"-compare", "a.json,b.json"}, with...), io.Discard); err != nil {
			t.Errorf("with %v: %v", with, err)
		}
	}
	for _, with := range [][]string{{"-record", "a.mcap"}, {"-publish", "a"}, {"-json", "c.json"}, {"-bench"}, {"-screenshot", "a.png"}} {
		_, err := Parse(append([]string{"-compare", "a.json,b.json"}, with...), io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), with[0]+" has no effect with -compare") {
			t.Errorf("with %v: %v", with, err)
		}
	}
}
