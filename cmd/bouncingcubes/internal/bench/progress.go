package bench

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress is a line on a terminal that says how far a run has come. In a pipe or a file it is nothing.
type progress struct {
	out   io.Writer // nil: not a terminal
	cell  string    // which run of a matrix
	shown time.Time
}

const progressInterval = 200 * time.Millisecond

func newProgress(out io.Writer) *progress {
	p := &progress{}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = out
		}
	}
	return p
}

// run says that run i of n begins.
func (p *progress) run(i, n int) {
	p.cell = ""
	if n > 1 {
		p.cell = fmt.Sprintf("run %d of %d, ", i+1, n)
	}
}

// frame says that frame i of n begins.
func (p *progress) frame(what string, i, n int) {
	if p.out == nil || time.Since(p.shown) < progressInterval {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(p.out, "\r\x1b[K%s%s %d of %d", p.cell, what, i, n)
}

// clear takes the line away.
func (p *progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
