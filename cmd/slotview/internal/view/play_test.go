//go:build !js

package view

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// A recording by real time, with its player on another goroutine: each moment shows its own tick, after any seek. The
// bar and the keys go to any moment, and space plays the recording again at its end.
func TestPlayingByRealTime(t *testing.T) {
	var moments [][]mgl32.Vec3
	for i := range 6 {
		moments = append(moments, []mgl32.Vec3{{float32(i), 1, 0}})
	}
	recording := tape(t, map[string]string{"bounds": "[-1, 0, -1, 7, 2, 1]"}, moments...)
	w := watch(t, Config{Recordings: []Tape{recording}, Speed: 1})
	arrived := func() []byte {
		t.Helper()
		w.picture(t) // asks
		windowtest.Wait(t, "the moment", func() bool { return !w.feeds[0].arriving() })
		return w.picture(t)
	}
	w.scene.Fit(320, 180)
	var pictures [][]byte
	for i := range moments {
		w.Hold(time.Duration(i) * time.Second)
		pictures = append(pictures, arrived())
		if i > 0 && bytes.Equal(pictures[i], pictures[i-1]) {
			t.Fatalf("moment %d looks like the one before", i)
		}
	}
	for i := range 50 { // wherever it is just then
		w.Hold(time.Duration(i*7919%5000) * time.Millisecond)
		if i%3 == 0 {
			w.LetGo()
		}
		w.picture(t)
	}
	for _, i := range []int{5, 0, 3, 2, 4, 1, 5} {
		if w.Hold(time.Duration(i) * time.Second); !bytes.Equal(arrived(), pictures[i]) {
			t.Errorf("moment %d does not look as it did", i)
		}
	}
	h := new(stage.HUD)
	w.Hold(2*time.Second + time.Millisecond)
	for _, k := range []struct {
		key window.Key
		to  int
	}{{'.', 3}, {'.', 4}, {',', 3}, {',', 2}, {',', 1}, {window.KeyEnd, 5}, {'.', 5}, {window.KeyHome, 0}, {',', 0}, {window.KeyRight, 5}} {
		if w.Key(h, k.key, stage.Sight{}); !bytes.Equal(arrived(), pictures[k.to]) {
			at, _ := w.Moment()
			t.Errorf("the key %d goes to %v, want moment %d", k.key, at, k.to)
		}
	}
	w.Pause(false)
	w.LetGo()
	if w.State() != "at the end" || !strings.HasPrefix(w.Summary(", "), "0:05.0 of 0:05.0") {
		t.Errorf("the end is called %q, %q", w.State(), w.Summary(", "))
	}
	if !w.Key(h, ' ', stage.Sight{}) || !w.Moving() || w.State() != "" {
		t.Errorf("space at the end does not play the recording again: %q", w.State())
	}
	if w.Key(h, ' ', stage.Sight{}) {
		t.Error("space in the middle is not left to the window, which pauses")
	}
}
