//go:build linux

package shared

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// start starts a program that the test kills at its end.
func start(t testing.TB, c *exec.Cmd) *exec.Cmd {
	t.Helper()
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	c.WaitDelay = 10 * time.Second // a second Wait, of a test that fails, would wait for ever
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	return c
}

// A writer that dies in the middle of its stores, before its commit, or in it before the exchange, has not committed;
// behind the exchange it has. Its heir, which dies too, goes on from that.
func TestDeathAtEveryPoint(t *testing.T) {
	p := hammerC(t)
	for where := range 4 {
		for _, mode := range []string{"whole", "sparse"} {
			for _, at := range []int{1, 2, 3, 100} {
				h := newHost(t, 2000, Config[record]{})
				book := newLedger(t)
				last := 0
				for k := range 3 {
					c := p(h.Address(), "mortal", 100, mode, book.path)
					c.Env = append(os.Environ(), fmt.Sprintf("DIE=%d,%d", last+at, where))
					start(t, c)
					h.awaitCount(t, Died, k+1)
					last += at
					if where < 3 {
						last--
					}
					h.a.Descend()
					if tick, err := whole(h.a.Mirror()[:100], mode == "sparse"); err != nil || int(tick) != last {
						t.Fatalf("%s: died at point %d, %d ticks into life %d: %d shows, want %d; %v", mode, where, at, k, tick, last, err)
					}
				}
				h.Close()
			}
		}
	}
}

// Nothing stays behind writers that were killed: no memory, no descriptors.
func TestNothingLeaks(t *testing.T) {
	h := newHost(t, 10_000, Config[record]{})
	blocks, descriptors := mapped(t)
	p, book := hammerC(t), newLedger(t)
	for k := range 20 {
		c := start(t, p(h.Address(), "leak", 1000, "whole", book.path))
		h.awaitCount(t, Joined, k+1)
		c.Process.Kill()
		c.Wait()
		h.awaitCount(t, Died, k+1)
	}
	h.await(t, "the memory to go", false, func() bool {
		b, d := mapped(t)
		return b <= blocks && d <= descriptors+1 // the ledger's mapping has none; os/exec may keep a pidfd for a moment
	})
}

// A writer that is stopped, given up, succeeded, and wakes up, changes nothing, and learns of it.
func TestStoppedWriterWakesUp(t *testing.T) {
	h := newHost(t, 2000, Config[record]{})
	p := hammerC(t)
	old := start(t, p(h.Address(), "z", 64, "sparse", newLedger(t).path))
	h.awaitCount(t, Joined, 1)
	h.await(t, "a tick", false, func() bool { return h.a.Mirror()[0][0] > 0 })
	old.Process.Signal(syscall.SIGSTOP)
	h.a.Descend()
	if _, err := join(h.Address(), helloOf("z", 64), ""); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d writes", old.Process.Pid)) {
		t.Fatalf("a stopped writer has its name still: %v", err)
	}
	if !h.Disconnect("z") {
		t.Fatal("no kick")
	}
	start(t, p(h.Address(), "z", 64, "sparse", newLedger(t).path))
	h.awaitCount(t, Joined, 2)
	old.Process.Signal(syscall.SIGCONT)
	woken := make(chan error, 1)
	go func() { woken <- old.Wait() }()
	shown := uint32(0)
	for awake := false; !awake; {
		h.a.Descend()
		tick, err := whole(h.a.Mirror()[:64], true)
		if err != nil || tick < shown {
			t.Fatalf("tick %d after %d, %v", tick, shown, err)
		}
		shown = tick
		select {
		case <-woken:
			awake = true
		default:
		}
	}
	if code := old.ProcessState.ExitCode(); code != 5 {
		t.Fatalf("the writer that was given up ends with %d", code)
	}
}

// A forked child has the socket open. The death of its parent is noticed all the same, and the child cannot write.
func TestForkedChild(t *testing.T) {
	h := newHost(t, 2000, Config[record]{})
	c := exec.Command(python, "-c", `
import os, sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, "clients")
import slotstream
w = slotstream.Writer("forks", 10, address=sys.argv[1], layout="16uint32", wait=True)
keep = os.dup(w._socket.fileno())
if os.fork() == 0:
    w.set(0, [8] * 16)
    print(w.commit(1), w.alive(), flush=True)
    time.sleep(30)
    os._exit(0)
w.stage()[:] = 9
w.commit(2)
time.sleep(100)
`, h.Address())
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	start(t, c)
	t.Cleanup(func() { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	h.awaitCount(t, Joined, 1)
	h.await(t, "a commit", false, func() bool { return h.a.Mirror()[0][0] == 9 })
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "False False\n" {
		t.Fatalf("the child commits, and is alive: %q", line)
	}
	c.Process.Kill()
	h.awaitCount(t, Died, 1)
	// The child may have asked for a block of its own, and gets one once the name is vacant.
	died := slices.IndexFunc(h.log, func(e Event) bool { return e.Kind == Died })
	if e := h.log[died]; e.Err != errEnded || e.Writer.PID != c.Process.Pid {
		t.Fatalf("%+v", h.log)
	}
	if h.a.Descend(); h.a.Mirror()[0][0] != 9 {
		t.Fatalf("%v shows", h.a.Mirror()[0])
	}
}

// A host that was killed is replaced at its address; two that live are one too many. Nothing stays but two files.
func TestHostKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host")
	for k := range 3 {
		c := self()
		c.Env = append(os.Environ(), "SHARED_TEST_HOST="+path)
		start(t, c)
		var w *writer
		for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			var err error
			if w, err = join(path, helloOf("w", 100), ""); err == nil {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("host %d: %v", k, err)
			}
		}
		second := self()
		second.Env = c.Env
		if out, err := second.CombinedOutput(); err == nil || !strings.Contains(string(out), "another process listens there") {
			t.Fatalf("two hosts at one address: %v: %s", err, out)
		}
		w.put(0, record{1})
		if !w.commit(1, 0) {
			t.Fatal("the first host is gone")
		}
		c.Process.Kill()
		c.Wait()
		w.kill()
	}
	files, _ := filepath.Glob(path + "*")
	if len(files) != 2 {
		t.Fatalf("%v", files)
	}
	newHostAt(t, path, 100, Config[record]{}).Close()
	if files, _ = filepath.Glob(path + "*"); len(files) != 0 {
		t.Fatalf("a host that closes leaves %v", files)
	}
}

// The host is killed under a writer in Python, or closes, again and again, and comes back: the writer goes on, and
// shows all that it ever set.
func TestWriterOutlivesHosts(t *testing.T) {
	for _, env := range []string{"NUMPY=1", "PURE=1"} {
		path, book := filepath.Join(t.TempDir(), "s"), newLedger(t)
		c := exec.Command(python, "testdata/reconnect.py", path, book.path)
		c.Env = append(os.Environ(), env)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		start(t, c)
		lines := bufio.NewReader(out)
		expect := func(want string) {
			t.Helper()
			if line, err := lines.ReadString('\n'); line != want+"\n" {
				t.Fatalf("%s: the writer says %q, %v, want %q", env, line, err, want)
			}
		}
		expect("alone")
		for range 3 {
			host := self()
			host.Env = append(os.Environ(), "SHARED_TEST_HOST="+path)
			start(t, host)
			expect("shown")
			host.Process.Kill()
			host.Wait()
			expect("alone")
			h := newHostAt(t, path, 200, Config[record]{})
			expect("shown")
			before := book.committed()
			var sum uint32
			h.await(t, "all slots", false, func() bool {
				m := h.a.Mirror()
				if len(m) < 100 {
					return false
				}
				sum = 0
				for i := 1; i < 100; i++ {
					sum += m[i][0]
					if m[i] != (record{}) && m[i][15] != m[i][0]+15 {
						t.Fatalf("slot %d is torn: %v", i, m[i])
					}
				}
				if sum != m[0][1] {
					t.Fatalf("tick %d: the slots' sum is %d, want %d", m[0][0], sum, m[0][1])
				}
				return m[0][0] > before
			})
			h.Close()
			expect("alone")
		}
	}
}

// The C client notices a host that was killed, in commit, though it never calls slotstream_alive.
func TestCommitTellsOfADeadHost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host")
	host := self()
	host.Env = append(os.Environ(), "SHARED_TEST_HOST="+path)
	start(t, host)
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if c, err := net.Dial("unix", path); err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatal("no host")
		}
	}
	for _, x := range clients(t) {
		name, p := x.name, x.program
		if name == "Go" {
			continue // the tests' own client does not look
		}
		book := newLedger(t)
		c := p(path, name, 10, "whole", book.path)
		var said strings.Builder
		c.Stderr = &said
		start(t, c)
		for end := time.Now().Add(time.Minute); book.committed() == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(name, " does not commit: ", said.String())
			}
		}
		defer func() {
			err := c.Wait()
			if c.ProcessState.ExitCode() != 5 || name[0] == 'C' && !strings.Contains(said.String(), "the host ended") {
				t.Errorf("%s: %v, %q", name, err, said.String())
			}
		}()
	}
	began := time.Now()
	host.Process.Kill()
	host.Wait()
	t.Cleanup(func() { t.Logf("all knew after %v", time.Since(began)) })
}

// The memory's size is sealed. Holes can be punched, and read as zeros.
func TestSealed(t *testing.T) {
	b, err := newBlock(header{Slots: 100, SlotBytes: 64})
	if err != nil {
		t.Fatal(err)
	}
	defer b.free()
	for _, size := range []int64{0, 4096, int64(len(b.mem)) + 4096} {
		if err := unix.Ftruncate(b.fd, size); err != unix.EPERM {
			t.Errorf("ftruncate to %d: %v", size, err)
		}
	}
	if _, err := unix.FcntlInt(uintptr(b.fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE); err != unix.EPERM {
		t.Errorf("seal against writing: %v", err)
	}
	b.mem[8192] = 7
	if err := unix.Fallocate(b.fd, unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, 8192, 4096); err != nil || b.mem[8192] != 0 {
		t.Errorf("a hole: %v, %d", err, b.mem[8192])
	}
}

// A commit looks for the host four times a second, and does not wait for it: clients go on committing.
func TestClientsGoOn(t *testing.T) {
	h := newHost(t, 1000, Config[record]{})
	for k, x := range clients(t) {
		book := newLedger(t)
		c := start(t, x.program(h.Address(), x.name, 10, "sparse", book.path))
		h.awaitCount(t, Joined, k+1)
		for range 4 {
			before := book.committed()
			h.await(t, x.name+" to commit", false, func() bool { return book.committed() > before+10 })
			time.Sleep(300 * time.Millisecond) // more than the time between two looks
		}
		c.Process.Kill()
	}
}
