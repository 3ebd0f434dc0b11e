//go:build linux

package shared

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/slotstream/slotstream/arena"
)

var (
	descends = flag.Int("descends", 3_000, "Descends of each hammer")
	kills    = flag.Int("kills", 8, "kills in each hammer that kills its writer")
	more     = flag.Bool("more", false, "hammer with the Rust client and with C++, too: they need rustc and c++")
)

// compiled has the programs of testdata that were compiled: each once.
var compiled struct {
	sync.Mutex
	dir   string
	paths map[string]string
}

func TestMain(m *testing.M) {
	if address := os.Getenv("SHARED_TEST_HOST"); address != "" {
		hostForever(address)
	}
	if args := os.Getenv("SHARED_TEST_HAMMER"); args != "" {
		os.Exit(goHammer(strings.Fields(args)))
	}
	code := m.Run()
	if compiled.dir != "" {
		os.RemoveAll(compiled.dir)
	}
	os.Exit(code)
}

// compile returns the program of testdata/name, compiled.
func compile(t testing.TB, name string, flags ...string) string {
	t.Helper()
	compiled.Lock()
	defer compiled.Unlock()
	key := name + strings.Join(flags, "")
	if path := compiled.paths[key]; path != "" {
		return path
	}
	if compiled.dir == "" {
		dir, err := os.MkdirTemp("", "slotstream")
		if err != nil {
			t.Fatal(err)
		}
		compiled.dir, compiled.paths = dir, map[string]string{}
	}
	path := filepath.Join(compiled.dir, strings.ReplaceAll(key, ".", "_"))
	source := filepath.Join("testdata", name)
	var cmd *exec.Cmd
	switch filepath.Ext(name) {
	case ".c++": // the same program
		source = strings.TrimSuffix(source, "++")
		cmd = exec.Command("c++", append([]string{"-std=c++11", "-O2", "-Wall", "-Wextra", "-Werror", "-x", "c++"}, flags...)...)
	case ".c":
		cmd = exec.Command(or(os.Getenv("CC"), "cc"), append([]string{"-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"}, flags...)...)
	case ".rs":
		cmd = exec.Command("rustc", append([]string{"-O", "-D", "warnings"}, flags...)...)
	}
	cmd.Args = append(cmd.Args, "-o", path, source)
	if cmd.Args[0] != "rustc" {
		cmd.Args = append(cmd.Args, "-Iclients")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	compiled.paths[key] = path
	return path
}

// A ledger is what a hammer says of itself in a file: the commit that it has begun, and the last that has returned.
type ledger struct {
	path string
	mem  []byte
}

func newLedger(t testing.TB) *ledger {
	l := &ledger{path: filepath.Join(t.TempDir(), "ledger")}
	if err := os.WriteFile(l.path, make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	l.mem = mapLedger(l.path)
	t.Cleanup(func() { unix.Munmap(l.mem) })
	return l
}

func mapLedger(path string) []byte {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	mem, err := unix.Mmap(int(f.Fd()), 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	return mem
}

func (l *ledger) word(i int) *atomic.Uint64 { return (*atomic.Uint64)(unsafe.Pointer(&l.mem[8*i])) }
func (l *ledger) committed() uint32         { return uint32(l.word(1).Load()) }

// recordOf is what sparse hammers write.
func recordOf(x uint32) (r record) {
	for j := range r {
		r[j] = x*2654435761 + uint32(j)
	}
	return r
}

// whole checks the slots that a hammer writes, and returns their tick.
func whole(m []record, sparse bool) (tick uint32, err error) {
	tick = m[0][0]
	var sum uint32
	for i := range m {
		for j, x := range m[i] {
			switch {
			case !sparse && x != tick:
				return tick, fmt.Errorf("mixed: slot %d has %d in tick %d", i, x, tick)
			case sparse && i > 0 && x != m[i][0]+uint32(j) && m[i] != record{}:
				return tick, fmt.Errorf("torn: slot %d is %v", i, m[i])
			}
		}
		if i > 0 {
			sum += m[i][0]
		}
	}
	if sparse && sum != m[0][1] {
		return tick, fmt.Errorf("mixed: the sum of tick %d is %d, not %d", tick, sum, m[0][1])
	}
	return tick, nil
}

// A program runs a hammer.
type program func(address, name string, slots int, mode, ledger string) *exec.Cmd

// compiledHammer is the program of testdata/name.
func compiledHammer(t testing.TB, name string, flags ...string) program {
	path := compile(t, name, flags...)
	return func(address, name string, slots int, mode, ledger string) *exec.Cmd {
		return exec.Command(path, address, name, fmt.Sprint(slots), mode, ledger)
	}
}

func hammerC(t testing.TB, flags ...string) program { return compiledHammer(t, "hammer.c", flags...) }

// self runs this program again, under the emulator that it runs under itself, if any.
func self() *exec.Cmd {
	args := append(strings.Fields(os.Getenv("TEST_EXEC")), os.Args[0])
	return exec.Command(args[0], args[1:]...)
}

func hammerGo(testing.TB) program {
	return func(address, name string, slots int, mode, ledger string) *exec.Cmd {
		cmd := self()
		cmd.Env = append(os.Environ(), fmt.Sprintf("SHARED_TEST_HAMMER=%s %s %d %s %s", address, name, slots, mode, ledger))
		return cmd
	}
}

// python is the system's, which has numpy where python3-numpy is installed.
const python = "/usr/bin/python3"

func hammerPython(env ...string) program {
	return func(address, name string, slots int, mode, ledger string) *exec.Cmd {
		cmd := exec.Command(python, "testdata/hammer.py", address, name, fmt.Sprint(slots), mode, ledger)
		cmd.Env = append(os.Environ(), env...)
		return cmd
	}
}

// hammer has a program write n slots at full speed while it descends. With kills it kills and starts it again at
// random moments, stops it for a while, and has a second one try the name. It returns how many Descends showed another
// tick, and what was mixed, backward, late or lost.
func hammer(t testing.TB, p program, n int, mode string, descends, kills int) (changed int, err error) {
	h := newHost(t, n+100, Config[record]{})
	book := newLedger(t)
	start := func() (*exec.Cmd, error) {
		c := p(h.Address(), "hammer", n, mode, book.path)
		c.Stderr = os.Stderr
		return c, c.Start()
	}
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	var shown uint32
	look := func() error {
		before := book.committed()
		d := h.a.Descend()
		h.hear()
		m := h.a.Mirror()
		if len(m) < n {
			return nil
		}
		tick, err := whole(m[:n], mode != "whole")
		switch {
		case err != nil:
			return err
		case tick < shown:
			return fmt.Errorf("tick %d shows after %d", tick, shown)
		case tick < before:
			return fmt.Errorf("tick %d shows, and %d was committed before", tick, before)
		case len(d.Ticks) > 0 && d.Ticks[len(d.Ticks)-1].To != arena.Tick{Number: uint64(tick), Time: -time.Duration(tick)}:
			return fmt.Errorf("tick %d is said to be %v", tick, d.Ticks)
		}
		if tick != shown {
			changed++
		}
		shown = tick
		return nil
	}
	until := func(done func() bool) error { // and no verdict: the time is for programs that hang
		for end := time.Now().Add(time.Minute); !done(); {
			if err := look(); err != nil {
				return err
			}
			if time.Now().After(end) {
				return fmt.Errorf("hangs: %v", h.log)
			}
		}
		return nil
	}
	c, err := start()
	if err != nil {
		return 0, err
	}
	defer func() {
		c.Process.Kill()
		c.Wait()
	}()
	for k := 1; k <= kills; k++ {
		if err := until(func() bool { return h.count[Joined] >= k }); err != nil {
			return changed, err
		}
		wait := time.Now().Add(time.Duration(rng.IntN(3000)) * time.Microsecond)
		if err := until(func() bool { return time.Now().After(wait) }); err != nil {
			return changed, err
		}
		if rng.IntN(10) == 0 {
			c.Process.Signal(syscall.SIGSTOP)
			wait = wait.Add(time.Duration(rng.IntN(2000)) * time.Microsecond)
			if err := until(func() bool { return time.Now().After(wait) }); err != nil {
				return changed, err
			}
			if rng.IntN(2) == 0 {
				c.Process.Signal(syscall.SIGCONT)
			}
		}
		if rng.IntN(50) == 0 {
			hello := helloOf("hammer", n)
			if _, err := join(h.Address(), hello, ""); err == nil || !strings.Contains(err.Error(), "writes under the name") {
				return changed, fmt.Errorf("a second writer of the name: %v", err)
			}
		}
		c.Process.Kill()
		c.Wait()
		if s, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || !s.Signaled() {
			return changed, fmt.Errorf("the writer ended by itself: %v", c.ProcessState)
		}
		if c, err = start(); err != nil { // before the host knows of the death
			return changed, err
		}
		// Nothing is lost: once the death is known, a Descend shows the last commit, or the one that was under way.
		if err := until(func() bool { return h.count[Died] >= k }); err != nil {
			return changed, err
		}
	}
	if err := until(func() bool { return changed > 0 }); err != nil {
		return changed, err
	}
	for range descends {
		if err := look(); err != nil {
			return changed, err
		}
	}
	return changed, until(func() bool { return changed > 5 })
}

type client struct {
	name string
	program
}

// clients are all that this package has, one by one.
func clients(t testing.TB) []client {
	all := []client{
		{"C", hammerC(t)}, {"Go", hammerGo(t)},
		{"numpy", hammerPython()}, {"python", hammerPython("PURE=1")},
		{"numpy,host", hammerPython("HOST=1")}, {"python,host", hammerPython("PURE=1", "HOST=1")},
	}
	if *more {
		all = append(all, client{"Rust", compiledHammer(t, "hammer.rs")}, client{"C++", compiledHammer(t, "hammer.c++")})
	}
	return all
}

func TestHammer(t *testing.T) {
	for _, c := range clients(t) {
		for _, mode := range []string{"whole", "sparse"} {
			for _, n := range []int{1, 64, 700} {
				t.Run(fmt.Sprintf("%s/%s/%d", c.name, mode, n), func(t *testing.T) {
					changed, err := hammer(t, c.program, n, mode, *descends, 0)
					if err != nil {
						t.Fatal(err)
					}
					t.Logf("%d Descends, %d showed another tick", *descends, changed)
				})
			}
		}
	}
}

func TestHammerKills(t *testing.T) {
	p := hammerC(t)
	for _, mode := range []string{"whole", "sparse"} {
		for _, n := range []int{64, 1000} {
			t.Run(fmt.Sprintf("%s/%d", mode, n), func(t *testing.T) {
				changed, err := hammer(t, p, n, mode, 0, *kills)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d kills, %d Descends showed another tick", *kills, changed)
			})
		}
	}
}

// Each rule is needed: without it the hammer finds a failure. It takes its time: the reader has to meet the moment.
func TestHammerCatches(t *testing.T) {
	for _, c := range []struct{ flag, mode string }{{"NO_CARRY", "sparse"}, {"PLAIN", "whole"}, {"PLAIN", "sparse"}} {
		t.Run(c.flag+"/"+c.mode, func(t *testing.T) {
			_, err := hammer(t, hammerC(t, "-D"+c.flag), 64, c.mode, 5_000_000, 0)
			if err == nil {
				t.Fatal("not caught")
			}
			t.Log(err)
		})
	}
}
