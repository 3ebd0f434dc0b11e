package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// recorded returns a recording of a second of the fountain in lockstep, and the picture after each tick.
func recorded(t *testing.T) (rec *record.Recording, pictures [][]byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mcap")
	s, target := openScene(t, 160, 90, Config{Cubes: 700, Fountain: true, Tick: 60, Record: path})
	for range 60 {
		s.source.step()
		draw(t, s, target)
		s.sinks.wait()
		pictures = append(pictures, pixels(t, target))
	}
	if err := s.sinks.close(func(string) {}); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if rec, err = record.Open(file, info.Size()); err != nil {
		t.Fatal(err)
	}
	return rec, pictures
}

// A replay by real time, with its player on another goroutine: each moment shows its whole tick, after any seek.
func TestReplayByRealTime(t *testing.T) {
	rec, pictures := recorded(t)
	s, target := openScene(t, 160, 90, Config{Replay: rec, Speed: 1})
	r := s.source.(timeline)
	s.source.run()
	for i := range 200 { // wherever it is just then
		r.hold(time.Duration(i*7919%1000) * time.Millisecond)
		if i%3 == 0 {
			r.letGo()
		}
		draw(t, s, target)
	}
	for _, tick := range []int{60, 1, 30, 29, 31, 17, 60} {
		r.hold(time.Duration(tick) * time.Second / 60)
		draw(t, s, target) // asks
		windowtest.Wait(t, "the moment", func() bool { return !s.source.moving() })
		draw(t, s, target)
		if !bytes.Equal(pixels(t, target), pictures[tick-1]) {
			t.Errorf("tick %d does not look as it did", tick)
		}
	}
	r.hold(0)
	r.letGo()
	windowtest.Wait(t, "the end", func() bool {
		draw(t, s, target) // asks for where it is by now
		return !s.source.moving()
	})
	if seen, end := s.source.summary(", "), clockText(rec.Duration()); !strings.HasPrefix(seen, end+" of "+end) {
		t.Errorf("the end is called %q", seen)
	}
	if state := s.state(false); state != "at the end" {
		t.Errorf("at the end the state is %q", state)
	}
	if !s.source.key(nil, ' ', ray{}) || !s.source.moving() || s.state(false) != running {
		t.Errorf("space at the end does not play the recording again: %s", s.state(false))
	}
	if s.source.key(nil, ' ', ray{}) {
		t.Error("space in the middle is not left to the window, which pauses")
	}
	if len(s.boxes) != 2 {
		t.Errorf("%d tanks, want 2", len(s.boxes))
	}
	s.source.pause(true)
	r.letGo()
	s.source.key(nil, window.KeyHome, ray{})
	draw(t, s, target)
	windowtest.Wait(t, "the beginning", func() bool { return !s.source.moving() })
	if at, length := r.moment(); at != 0 || length != rec.Duration() {
		t.Errorf("at %v of %v", at, length)
	}
}

// pixels returns the pixels of the last frame.
func pixels(t *testing.T, target *render.Offscreen) []byte {
	t.Helper()
	img, err := target.Image()
	if err != nil {
		t.Fatal(err)
	}
	return img.Pix
}
