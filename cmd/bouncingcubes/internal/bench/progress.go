package bench

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// progress is a line on a terminal that says how far a run is. It writes nothing to a pipe, to a file, or to a terminal
// that cannot clear a line.
type progress struct {
	out   io.Writer // nil: write nothing
	cell  string    // which run of a matrix this is
	shown time.Time
}

const progressInterval = 200 * time.Millisecond

func newProgress(out io.Writer) *progress {
	p := &progress{}
	if f, ok := out.(*os.File); ok && !slices.Contains([]string{"", "dumb"}, os.Getenv("TERM")) {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = out
		}
	}
	return p
}

// run tells that run i of n begins.
func (p *progress) run(i, n int) {
	p.cell = ""
	if n > 1 {
		p.cell = fmt.Sprintf("run %d of %d, ", i+1, n)
	}
}

// frame tells that frame i of n begins.
func (p *progress) frame(what string, i, n int) {
	if p.out == nil || time.Since(p.shown) < progressInterval {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(p.out, "\r\x1b[K%s%s %d of %d", p.cell, what, i, n)
}

// clear removes the line.
func (p *progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
