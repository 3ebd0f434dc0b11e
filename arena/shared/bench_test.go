//go:build linux

package shared

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slotstream/slotstream/arena"
)

// The figures of MEASURED.md. Run them on a quiet machine, with -benchtime 1x -count 5.

type mat4 [16]float32

// matrices is a host of matrices.
func matrices(b *testing.B, slots int, cfg Config[mat4]) (*arena.Arena[mat4], *Listener[mat4]) {
	b.Helper()
	a, err := arena.New(arena.Config[mat4]{MaxSlots: slots})
	if err != nil {
		b.Fatal(err)
	}
	l, err := Listen(a, filepath.Join(b.TempDir(), "s"), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return a, l
}

// report reports the lines "VALUE UNIT" that a program has printed.
func report(b *testing.B, out string) {
	b.Helper()
	for line := range strings.Lines(out) {
		var value float64
		var unit string
		if n, _ := fmt.Sscan(line, &value, &unit); n == 2 {
			b.ReportMetric(value, unit)
		}
	}
	b.ReportMetric(0, "ns/op") // of no meaning here
}

// Store and commit beside a copy of the same bytes, while the host descends 60 times a second.
func BenchmarkStore(b *testing.B) {
	c := func(args ...string) *exec.Cmd {
		return exec.Command(compile(b, "figures.c"), append([]string{"store"}, args...)...)
	}
	numpy := func(args ...string) *exec.Cmd {
		return exec.Command(python, append([]string{"testdata/figures.py"}, args...)...)
	}
	for _, x := range []struct {
		name    string
		program func(...string) *exec.Cmd
		env     string
	}{{"C", c, ""}, {"numpy", numpy, ""}, {"numpy,host", numpy, "HOST=1"}} {
		for _, n := range []int{1000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", x.name, n), func(b *testing.B) {
				a, l := matrices(b, n, Config[mat4]{})
				cmd := x.program(l.Address(), fmt.Sprint(n), "300")
				cmd.Env = append(os.Environ(), x.env)
				said := make(chan string)
				go func() {
					out, err := cmd.CombinedOutput()
					if err != nil {
						b.Errorf("%v: %s", err, out)
					}
					said <- string(out)
				}()
				frame := time.NewTicker(time.Second / 60)
				defer frame.Stop()
				for {
					select {
					case out := <-said:
						report(b, out)
						return
					case <-frame.C:
						a.Descend()
					}
				}
			})
		}
	}
}

func monotonic() time.Duration {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return time.Duration(t.Nano())
}

// ages descends without a pause until the writer is over. The ticks' times are those of their stores.
func ages(b *testing.B, a *arena.Arena[mat4], ticks int, over <-chan struct{}) {
	b.Helper()
	var got []time.Duration
	for done := false; !done; {
		d := a.Descend()
		if len(d.Ticks) > 0 {
			got = append(got, monotonic()-d.Ticks[0].To.Time)
		}
		select {
		case <-over:
			done = true
		default:
		}
	}
	if len(got) == 0 {
		b.Fatal("no tick was seen")
	}
	slices.Sort(got)
	us := func(q float64) float64 { return float64(got[int(q*float64(len(got)-1))]) / 1e3 }
	report(b, fmt.Sprintf("%.4g us-age-p10\n%.4g us-age-p50\n%.4g us-age-p99\n%.4g us-age-worst\n", us(.1), us(.5), us(.99), us(1)))
	b.ReportMetric(float64(len(got))/float64(ticks), "seen")
}

// The time from a store of 1,000 matrices, 1,000 times a second, to a Descend that shows them: from C, and a Group's.
func BenchmarkAge(b *testing.B) {
	const n, ticks = 1000, 4000
	b.Run("C", func(b *testing.B) {
		a, l := matrices(b, n, Config[mat4]{})
		over := make(chan struct{})
		go func() {
			defer close(over)
			if out, err := exec.Command(compile(b, "figures.c"), "write", "shared", l.Address(), fmt.Sprint(n), "1000", fmt.Sprint(ticks)).CombinedOutput(); err != nil {
				b.Errorf("%v: %s", err, out)
			}
		}()
		ages(b, a, ticks, over)
	})
	b.Run("Group", func(b *testing.B) {
		a, _ := matrices(b, n, Config[mat4]{})
		g := a.NewGroup()
		s, err := g.AllocSpan(n, mat4{})
		if err != nil {
			b.Fatal(err)
		}
		over, values := make(chan struct{}), make([]mat4, n)
		go func() {
			defer close(over)
			runtime.LockOSThread() // a thread of its own, which sleeps as the program in C does
			for k := range ticks {
				t := unix.NsecToTimespec(int64(time.Millisecond))
				unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &t, nil)
				began := monotonic()
				s.StoreAll(values)
				g.Commit(arena.Tick{Number: uint64(k + 1), Time: began})
			}
		}()
		ages(b, a, ticks, over)
	})
}

// The same values by other ways. It needs libzmq3-dev, libnats-dev and nats-server.
func BenchmarkOtherwise(b *testing.B) {
	flags := []string{"-DOTHERWISE", "-Wl,--no-as-needed", "-lzmq", "-lnats"}
	for _, way := range []string{"shared", "socket", "zmq", "nats"} {
		for _, x := range []struct {
			n, hz, ticks int
		}{{1000, 1000, 3000}, {100_000, 60, 180}} {
			b.Run(fmt.Sprintf("%s/%d", way, x.n), func(b *testing.B) {
				program := compile(b, "figures.c", flags...)
				address := filepath.Join(b.TempDir(), "a")
				n, hz, ticks := fmt.Sprint(x.n), fmt.Sprint(x.hz), fmt.Sprint(x.ticks)
				switch way {
				case "shared":
					a, l := matrices(b, x.n, Config[mat4]{})
					over := make(chan struct{})
					go func() {
						defer close(over)
						out, err := exec.Command(program, "write", way, l.Address(), n, hz, ticks).CombinedOutput()
						if err != nil {
							b.Errorf("%v: %s", err, out)
						}
						report(b, string(out))
					}()
					ages(b, a, x.ticks, over)
					return
				case "zmq":
					address = "ipc://" + address
				case "nats":
					address = natsServer(b)
				}
				reader := exec.Command(program, "read", way, address, n, ticks)
				pipe, err := reader.StdoutPipe()
				if err != nil {
					b.Fatal(err)
				}
				start(b, reader)
				out := bufio.NewReader(pipe)
				if line, err := out.ReadString('\n'); line != "ready\n" {
					b.Fatal(line, err)
				}
				said, err := exec.Command(program, "write", way, address, n, hz, ticks).CombinedOutput()
				if err != nil {
					b.Fatalf("%v: %s", err, said)
				}
				read, _ := io.ReadAll(out)
				report(b, string(said)+string(read))
			})
		}
	}
}

// natsServer runs a server that takes messages of 8 MiB, and keeps up to 1 GiB for a reader that is slow.
func natsServer(b *testing.B) string {
	conf := filepath.Join(b.TempDir(), "conf")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	if err := os.WriteFile(conf, []byte("listen: "+address+"\nmax_payload: 8388608\nmax_pending: 1073741824\nlogfile: /dev/null\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	start(b, exec.Command("nats-server", "-c", conf))
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return "nats://" + address
		}
	}
	b.Fatal("nats-server does not listen")
	return ""
}

// A Descend beside writers that do not commit.
func BenchmarkIdle(b *testing.B) {
	for _, writers := range []int{0, 1, 64, 1000} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			h := newHost(b, 64*1000, Config[record]{MaxWriters: 1000})
			for i := range writers {
				w := h.mustJoin(b, fmt.Sprint(i), 10, 0)
				defer w.kill()
				w.commit(1, 0)
			}
			h.a.Descend()
			for b.Loop() {
				h.a.Descend()
			}
		})
	}
}
