//go:build !js

package view

import (
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// standing starts a process that writes three bodies at rest, in its own coordinates.
func standing(t *testing.T, address, name, metadata, places string) *exec.Cmd {
	t.Helper()
	return python(t, `
address, name, metadata, places = sys.argv[1:]
w, n = slotstream.Writer(name, 3, address=address, metadata=eval(metadata)), 0
while True:
    n += 1
    w.poses(eval(places))
    w.commit(n, n / 100)
    time.sleep(0.01)
`, address, name, metadata, places)
}

// A publisher shows each writer with its own mesh, colours, up axis and unit: to a viewer that watches from the
// beginning, and to one that comes late. A writer joins, is killed and comes back with other words and more bodies, and
// both viewers show what the publisher's own scene shows. A viewer that publishes again passes all of it on.
//
// It takes 10 seconds of CPU: a CPU draws four scenes.
func TestPublicationOfWriters(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	nc := connect(t)
	scene := func(c Config, publish string) watcher {
		t.Helper()
		s, v, target := openStage(t, c, stage.Outputs{Publish: publish, NATS: nc})
		v.Run()
		return watcher{v, s, target}
	}
	live := scene(Config{Shared: true, Address: address, MaxSlots: 1 << 16}, "swarm")
	balls := standing(t, address, "balls", `{"mesh": "sphere", "colors": "#ff0000", "up": "z"}`, "[(2 * i, 0, 1) for i in range(3)]")
	heard := func(w watcher, name string) bool {
		return len(w.layers) > 0 && slices.ContainsFunc(w.layers[0].parted(), func(p *part) bool {
			return p.name == name && p.last.Number > 3 && !p.gone
		})
	}
	windowtest.Wait(t, "the first writer", func() bool { live.picture(t); return heard(live, "balls") })
	again := scene(Config{NATS: nc, Follow: []string{"swarm"}}, "swarm-again")
	viewers := []watcher{again, watch(t, Config{NATS: nc, Follow: []string{"swarm-again"}})}
	live.scene.Camera.Target, live.scene.Camera.Distance = mgl32.Vec3{2, 2, 0}, 12

	shown := []byte(nil)
	same := func(what string, names ...string) {
		t.Helper()
		windowtest.Wait(t, what, func() bool {
			live.picture(t)
			all := !slices.ContainsFunc(names, func(name string) bool { return !heard(live, name) })
			for _, w := range viewers {
				w.picture(t)
				all = all && !slices.ContainsFunc(names, func(name string) bool { return !heard(w, name) })
			}
			return all
		})
		// All bodies stand still: what is different once all of it has come stays different.
		want := live.picture(t)
		if shown != nil && near(want, shown) {
			t.Errorf("%s is not seen", what)
		}
		shown = want
		for i, w := range viewers {
			w.scene.Camera = live.scene.Camera
			if got := w.picture(t); !near(got, want) {
				t.Errorf("%s: viewer %d shows another picture", what, i)
			}
			if n, m := len(w.layers), len(w.layers[0].parted()); n != 1 || m != len(names) {
				t.Errorf("%s: viewer %d has %d layers and %d parts", what, i, n, m)
			}
			for _, p := range w.layers[0].parted() {
				for _, q := range live.layers[0].parted() {
					if p.name == q.name && (p.first != q.first || p.count != q.count || !reflect.DeepEqual(framing.ParseBodies(p.metadata), framing.ParseBodies(q.metadata))) {
						t.Errorf("%s: viewer %d has %d slots of %s from %d on: %v", what, i, p.count, p.name, p.first, p.metadata)
					}
				}
			}
		}
	}
	same("one writer", "balls")
	standing(t, address, "arrows", `{"mesh": "arrow", "colors": ["#00ff00", "#0000ff"], "unit": 1.5}`, "[(1.5 * i, 2, 0) for i in range(3)]")
	same("a second writer", "balls", "arrows")
	balls.Process.Kill()
	balls.Wait()
	standing(t, address, "balls", `{"mesh": "cube", "colors": "#ffff00", "up": "y"}`, "[(2 * i, 0.5, 0) for i in range(3)]")
	same("the first writer with other words", "balls", "arrows")
	viewers = append(viewers, watch(t, Config{NATS: nc, Follow: []string{"swarm"}}))
	shown = nil
	same("a viewer that comes late", "balls", "arrows")
}

// near reports whether two pictures are the same, apart from rounding.
func near(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	differ := 0
	for i := range a {
		if d := int(a[i]) - int(b[i]); d > 8 || d < -8 {
			differ++
		}
	}
	return differ < 20
}
