package windowtest

import (
	"bufio"
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// Program is a program under test.
type Program struct {
	Cmd    *exec.Cmd
	Stderr bytes.Buffer // whole once the program has ended
	Seen   []string     // the lines of stdout that Expect and End have read

	t     testing.TB
	lines chan string
}

// Start starts cmd, and reads its stdout and stderr. The program is killed when the test ends.
func Start(t testing.TB, cmd *exec.Cmd) *Program {
	t.Helper()
	p := &Program{t: t, Cmd: cmd, lines: make(chan string, 1<<16)}
	cmd.Stderr = &p.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, cmd)
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
		io.Copy(io.Discard, out)
	}()
	return p
}

// start runs c until the test ends.
func start(t testing.TB, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
}

// Expect reads the program's output until a line begins with prefix, and returns the rest of that line. If the program
// finds no graphics adapter, the test ends as it does for a missing tool.
func (p *Program) Expect(prefix string) string {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				p.Cmd.Wait()
				if strings.Contains(p.Stderr.String(), "no graphics adapter") {
					rendertest.Missing(p.t, "no graphics adapter")
				}
				p.t.Fatalf("the program ended (%v) before it printed %q: %q\n%s", p.Cmd.ProcessState, prefix, p.last(), &p.Stderr)
			}
			p.Seen = append(p.Seen, line)
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				return strings.TrimSpace(rest)
			}
		case <-deadline:
			p.t.Fatalf("the program never printed %q: %q", prefix, p.last())
		}
	}
}

// End waits for the program to end, with status 0.
func (p *Program) End() {
	p.t.Helper()
	ended := time.AfterFunc(patience, func() { p.Cmd.Process.Kill() }) // a program that hangs must not hang the test
	for line := range p.lines {
		p.Seen = append(p.Seen, line)
	}
	err := p.Cmd.Wait()
	if !ended.Stop() {
		p.t.Fatalf("the program never ended: %q\n%s", p.last(), &p.Stderr)
	}
	if err != nil {
		p.t.Fatalf("the program failed: %v: %q\n%s", err, p.last(), &p.Stderr)
	}
}

func (p *Program) last() []string { return p.Seen[max(0, len(p.Seen)-20):] }
