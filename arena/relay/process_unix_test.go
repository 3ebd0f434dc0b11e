//go:build unix

package relay

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// A part is the work of another process of a test. It ends when its standard input does.
var parts = map[string]func(args []string) error{"server": serverPart, "viewer": viewerPart}

const partEnv = "RELAY_TEST_PART" // the part, and what it needs, each a line

func TestMain(m *testing.M) {
	part := os.Getenv(partEnv)
	if part == "" {
		os.Exit(m.Run())
	}
	args := strings.Split(part, "\n")
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := parts[args[0]](args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, args[0]+":", err)
		os.Exit(1)
	}
}

// A process plays a part.
type process struct {
	t     testing.TB
	cmd   *exec.Cmd
	input io.Closer
	lines chan string
	last  atomic.Value // line
}

func startPart(t testing.TB, part ...string) *process {
	t.Helper()
	args := append(strings.Fields(os.Getenv("TEST_EXEC")), os.Args[0]) // an emulator, where one runs this test
	p := &process{t: t, cmd: exec.Command(args[0], args[1:]...), lines: make(chan string, 1)}
	p.cmd.Env = append(os.Environ(), partEnv+"="+strings.Join(part, "\n"))
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.input = in
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.last.Store(s.Text())
			select {
			case p.lines <- s.Text():
			default:
			}
		}
	}()
	t.Cleanup(p.end)
	return p
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// end ends the process and waits for it. A second end does nothing.
func (p *process) end() {
	p.cmd.Process.Signal(syscall.SIGCONT)
	p.input.Close()
	for range p.lines {
	}
	p.cmd.Wait()
}

// kill ends it as kill -9 does.
func (p *process) kill() {
	p.t.Helper()
	p.signal(syscall.SIGKILL)
	p.end()
}

func (p *process) said() string {
	s, _ := p.last.Load().(string)
	return s
}

// serverPart runs a server. args are its address and token. It prints its URL.
func serverPart(args []string) error {
	s, err := embedded.Start(embedded.Config{Addr: args[0], Token: args[1]})
	if err != nil {
		return err
	}
	fmt.Println(s.URL())
	select {}
}

// viewerPart follows. args are the server's URL. For each moment shown it prints a checksum
// of the slots, and whether ticks were mixed so far.
func viewerPart(args []string) error {
	nc, err := nats.Connect(args[0])
	if err != nil {
		return err
	}
	a, err := arena.New(arena.Config[mat4]{MaxSlots: 1 << 16})
	if err != nil {
		return err
	}
	f, err := Follow(context.Background(), nc, "world", a, FollowerConfig{Quiet: 50 * time.Millisecond})
	if err != nil {
		return err
	}
	whole := "whole"
	for range f.Arrived() {
		if _, err := f.Receive(); err != nil {
			return err
		}
		a.Descend()
		slots, tick := make([]mat4, f.top), float32(-1)
		for i := range slots {
			slots[i] = a.Mirror()[f.Index(i)]
			if m := &slots[i]; m[0] == ofGroup {
				if tick >= 0 && m[1] != tick {
					whole = "mixed"
				}
				tick = m[1]
			}
		}
		fmt.Println(sum(slots), whole)
	}
	return nil
}

// ofGroup marks the slots that are all set in each tick.
const ofGroup = 2

// sum is what the same slots give in each process.
func sum(slots []mat4) string {
	n := len(slots)
	for n > 0 && slots[n-1] == (mat4{}) {
		n--
	}
	h := uint64(14695981039346656037)
	for _, m := range slots[:n] {
		for _, v := range m {
			h = (h ^ uint64(int64(v))) * 1099511628211
		}
	}
	return fmt.Sprintf("%d slots %x", n, h)
}

// A viewer's process is stopped, goes on, is killed and started anew; the server's is
// killed and comes back. None of it holds up the publisher or another viewer, no viewer
// shows a mixed tick, and in the end all show what the publisher shows.
func TestProcesses(t *testing.T) {
	checkLeaks(t)
	server := startPart(t, "server", "127.0.0.1:0", "secret")
	at := <-server.lines
	w := worldAt(t, at)
	w.arena = newArena(t)
	group := w.arena.NewGroup()
	span, err := group.AllocSpan(5000, mat4{ofGroup})
	if err != nil {
		t.Fatal(err)
	}
	w.publishArena(PublisherConfig{Frames: 2, Expire: time.Second}) // on a slow machine, too, the third tick comes before that
	tick := 0
	steps := func(n int) {
		for range n {
			tick++
			for i := range span.Len() {
				span.Set(i, &mat4{ofGroup, float32(tick), float32(i)})
			}
			group.Commit(arena.Tick{Number: uint64(tick)})
			w.tick()
			time.Sleep(time.Millisecond) // a tick is not a time to be measured, but some have to pass
		}
	}
	all := func(what string, ps ...*process) {
		t.Helper()
		w.until(what, func() bool {
			w.tick()
			want := sum(w.arena.Mirror()) + " whole"
			for _, p := range ps {
				if strings.HasSuffix(p.said(), "mixed") {
					t.Fatal("a mixed tick shows")
				}
				if p.said() != want {
					return false
				}
			}
			return true
		})
	}
	a, b := startPart(t, "viewer", at), startPart(t, "viewer", at)
	steps(100)
	all("both are equal", a, b)

	a.signal(syscall.SIGSTOP)
	was := w.p.Stats().Conflated
	steps(100)
	all("the other one is equal", b)
	if w.p.Stats().Conflated == was {
		t.Error("what was stopped is not behind: this tested nothing")
	}
	a.signal(syscall.SIGCONT)
	steps(10)
	all("both are equal, as it has gone on", a, b)

	a.signal(syscall.SIGSTOP)
	w.until("it is forgotten", func() bool { w.tick(); return w.p.Stats().Viewers == 1 })
	steps(10)
	a.signal(syscall.SIGCONT)
	all("both are equal, as it was forgotten and has gone on", a, b)

	b.kill()
	steps(10)
	w.until("it is forgotten", func() bool { w.tick(); return w.p.Stats().Viewers == 1 })
	c := startPart(t, "viewer", at)
	steps(10)
	all("both are equal, as one was killed and another started", a, c)

	server.kill()
	steps(100)
	_, addr, _ := strings.Cut(at, "@")
	server = startPart(t, "server", addr, "secret")
	if again := <-server.lines; again != at {
		t.Fatalf("the server was at %s, and is at %s", at, again)
	}
	steps(10)
	all("both are equal, as the server has come back", a, c)
}
