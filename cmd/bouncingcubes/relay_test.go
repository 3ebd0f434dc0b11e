//go:build linux && cgo

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// publisher starts a program that publishes offscreen, and returns it with the URL of its server.
func publisher(t *testing.T, dir string, args ...string) (*windowtest.Program, string) {
	t.Helper()
	path, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append(strings.Fields(little+"-screenshot live.png"), args...)...)
	cmd.Env, cmd.Dir = append(os.Environ(), beProgram+"=1"), dir
	p := windowtest.Start(t, cmd)
	return p, "nats://" + p.Expect("nats://")
}

// viewer follows a name in this process until the test ends.
func viewer(t *testing.T, url, name string) {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	a, err := arena.New(arena.Config[render.MotionInstance]{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := relay.Follow(t.Context(), nc, name, a, relay.FollowerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
}

// counters gets the counters of a publisher over HTTP.
func counters(t *testing.T, url, name string) (of struct{ Viewers, Frames, Bytes int }) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	all := map[string]*struct{ Viewers, Frames, Bytes int }{name: &of}
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil || len(all) != 1 || all[name] == nil {
		t.Fatalf("%s: %v, %v", url, all, err)
	}
	return *all[name]
}

// A follower draws what is published: at rest to the byte, two worlds beside each other, and a publisher that replaced
// another.
func TestPublishAndFollow(t *testing.T) {
	dir := t.TempDir()
	one, url := publisher(t, dir, "-cubes", "40", "-publish", "one", "-metrics", "127.0.0.1:0")
	metrics := one.Seen[0]
	lonely, stdout, stderr := viewing(t, append(strings.Fields(little), url, "one", "None")...)
	if err := lonely.Start(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(url, "@127.0.0.1:") {
		t.Errorf("published at %s", url)
	}
	follow := func(names, picture, want string) {
		t.Helper()
		var stdout, stderr string
		found := 0
		windowtest.Wait(t, want, func() bool {
			var status int
			status, stdout, stderr = shell(t, dir, "$V"+little+url+" "+names+" -screenshot "+picture)
			if status != 0 {
				t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, stderr)
			}
			if found++; !strings.Contains(stdout, want) {
				found = 0
			}
			return found == 2 // a world is also at rest before its first tick
		})
	}
	follow("one", "followed.png", "40 bodies of one, 0 in motion")
	viewer(t, url, "one")
	var counted struct{ Viewers, Frames, Bytes int }
	windowtest.Wait(t, "what the publisher counts", func() bool {
		counted = counters(t, metrics, "one")
		return counted.Frames >= 2 && counted.Bytes >= 2*40*80 && counted.Viewers >= 1
	})

	path, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append(strings.Fields(little+"-screenshot b.png -cubes 600 -fountain -publish two -nats"), url)...)
	cmd.Env, cmd.Dir = append(os.Environ(), beProgram+"=1"), dir
	two := windowtest.Start(t, cmd)
	follow("one two", "both.png", "bodies of one, two")
	two.Cmd.Process.Signal(syscall.SIGINT)
	two.End()

	if lonely.Wait(); lonely.ProcessState.ExitCode() != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "following None: nothing has arrived: the server has one") {
		t.Errorf("a name that nobody publishes: %v, stdout %q, stderr %q", lonely.ProcessState, stdout, stderr)
	}
	status, _, said := shell(t, dir, "$B"+little+"-publish one -cubes 5 -nats "+url+" -screenshot c.png")
	if status != 1 || !strings.Contains(said, "the name is taken") {
		t.Errorf("a second publisher of the name: status %d, stderr %q", status, said)
	}
	one.Cmd.Process.Signal(syscall.SIGINT)
	one.End()
	live, err := os.ReadFile(filepath.Join(dir, "live.png"))
	if err != nil {
		t.Fatal(err)
	}
	followed, err := os.ReadFile(filepath.Join(dir, "followed.png"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(live, followed) {
		t.Error("at rest, the picture of the follower is not the publisher's")
	}
	if status, _, stderr := shell(t, dir, "$V"+little+url+" one -screenshot d.png"); status != 2 || strings.Count(stderr, "slotview: ") != 1 {
		t.Errorf("a server that is gone: status %d, stderr %q", status, stderr)
	}
}

// A recording can be published, also if its metadata do not have the length of a tick.
func TestPublishReplay(t *testing.T) {
	status, stdout, stderr := shell(t, t.TempDir(), "set -e; $B -bench -pattern stride -cubes 100 -warmup 1 -frames 5 -size 64x64 -record a.mcap >table; "+
		"$V"+little+"a.mcap -publish again -frames 3 -screenshot a.png")
	if status != 0 || !strings.Contains(stdout, "again: ") || !strings.Contains(stdout, "100 bodies") {
		t.Errorf("status %d, stdout %q, stderr %q", status, stdout, stderr)
	}
}
