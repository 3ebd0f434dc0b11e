//go:build !js

package view

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/embedded"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/render/window/windowtest"
)

// connect starts a server for the test, and connects to it.
func connect(t *testing.T) *nats.Conn {
	t.Helper()
	server, err := embedded.Start(embedded.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	nc, err := nats.Connect(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// A walker is a publisher in this process: a body that is n metres along x at tick n.
type walker struct {
	arena     *arena.Arena[mgl32.Mat4]
	group     arena.Group[mgl32.Mat4]
	body      arena.GroupSpan[mgl32.Mat4]
	publisher *relay.Publisher[mgl32.Mat4]
	tick      uint64
}

func newWalker(t *testing.T, nc *nats.Conn, name string) *walker {
	t.Helper()
	a, err := arena.New(arena.Config[mgl32.Mat4]{})
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{arena: a, group: a.NewGroup()}
	if w.body, err = w.group.AllocSpan(1, mgl32.Mat4{}); err != nil {
		t.Fatal(err)
	}
	metadata := map[string]string{"bounds": "[-1, 0, -1, 21, 2, 1]"}
	if w.publisher, err = relay.Publish(t.Context(), nc, name, a, relay.PublisherConfig{Metadata: metadata}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.publisher.Close() })
	return w
}

func (w *walker) step() {
	w.tick++
	m := mgl32.Translate3D(float32(w.tick), 1, 0)
	w.body.Set(0, &m)
	w.group.Commit(arena.Tick{Number: w.tick, Time: time.Duration(w.tick) * time.Second})
}

// send publishes the last tick, and what a viewer asks for again.
func (w *walker) send(t *testing.T) {
	t.Helper()
	w.arena.Descend()
	if err := w.publisher.Send(); err != nil {
		t.Fatal(err)
	}
}

// A watcher is a viewer by real time, as in a window.
type watcher struct {
	*Viewer
	scene  *stage.Scene
	target *render.Offscreen
}

func watch(t *testing.T, c Config) watcher {
	t.Helper()
	s, v, target := openScene(t, c)
	v.Keep()
	v.Run()
	return watcher{v, s, target}
}

// picture draws a frame, once the moment that was asked for is there.
func (w watcher) picture(t *testing.T) []byte {
	t.Helper()
	draw := func() {
		t.Helper()
		if _, err := w.scene.Draw(w.target); err != nil {
			t.Fatal(err)
		}
		for _, l := range w.layers {
			if l.minute != nil && l.minute.recorder != nil {
				l.minute.recorder.Wait() // so that every tick is kept
			}
		}
	}
	draw()
	windowtest.Wait(t, "the moment", func() bool { return w.back == nil || !w.back.seeking() })
	draw()
	img, err := w.target.Image()
	if err != nil {
		t.Fatal(err)
	}
	return img.Pix
}

// shows draws until a tick of the publisher is there in the present, and returns the picture.
func (w watcher) shows(t *testing.T, p *walker) (picture []byte) {
	t.Helper()
	windowtest.Wait(t, "a tick", func() bool {
		p.send(t)
		picture = w.picture(t)
		return len(w.layers) > 0 && w.layers[0].parted()[0].last.Number == p.tick
	})
	return picture
}

// A pause of something live freezes what is shown, while the present goes on. From there the user steps through the
// ticks that were shown, goes to any moment of the last minute, and comes back to the present.
func TestTheLastMinute(t *testing.T) {
	nc := connect(t)
	p := newWalker(t, nc, "walker")
	w := watch(t, Config{NATS: nc, Follow: []string{"walker"}})
	w.shows(t, p)
	w.scene.Fit(320, 180)
	var pictures [][]byte
	for range 8 {
		p.step()
		pictures = append(pictures, w.shows(t, p))
		if n := len(pictures); n > 1 && bytes.Equal(pictures[n-1], pictures[n-2]) {
			t.Fatal("a step is not seen")
		}
	}
	if state := w.State(); state != "live" {
		t.Errorf("the state is %q", state)
	}
	is := func(n int, what string) {
		t.Helper()
		if !bytes.Equal(w.picture(t), pictures[n]) {
			t.Errorf("%s does not look like tick %d", what, n+1)
		}
	}
	h := new(stage.HUD)
	press := func(k window.Key) {
		t.Helper()
		if !w.Key(h, k, stage.Sight{}) {
			t.Errorf("the key %d is not used", k)
		}
	}
	w.picked = picked{stream: w.layers[0].stream, slot: 0}
	w.Pause(true)
	is(7, "a pause")
	for range 3 {
		p.step()
		w.shows(t, p)
	}
	is(7, "the pause while the publisher goes on")
	if _, _, own, ok := w.pickedPlace(); !ok || own[0] != 8 {
		t.Errorf("in the pause the picked body is at %v, %v", own, ok)
	}
	for n := 6; n >= 0; n-- {
		press(',')
		is(n, "a step back")
	}
	for n := 0; !bytes.Equal(w.picture(t), pictures[0]) || n < 20; n++ { // to the beginning, which may be before the first tick
		if n > 40 {
			t.Fatal("the first tick does not come")
		}
		press(map[bool]window.Key{true: ',', false: '.'}[n < 20])
	}
	for n := 1; n < 8; n++ {
		press('.')
		is(n, "a step on")
	}
	press('.')
	is(7, "a step behind the end")

	_, length := w.Moment()
	w.Hold(0)
	w.picture(t)
	if at, all := w.Moment(); at != 0 || all != length {
		t.Errorf("held at %v of %v", at, all)
	}
	w.Hold(length)
	w.LetGo()
	is(7, "the end of the bar, in the pause")
	present := func() {
		t.Helper()
		now := w.shows(t, p)
		if _, _, own, ok := w.pickedPlace(); w.back != nil || w.State() != "live" || !ok || own[0] != float32(p.tick) || bytes.Equal(now, pictures[7]) {
			t.Errorf("in the present the picked body is at %v, %v, state %q", own, ok, w.State())
		}
	}
	press(window.KeyEnd)
	present()

	press(window.KeyHome) // and plays up to the present
	if w.back == nil {
		t.Error("Home does not look back")
	}
	windowtest.Wait(t, "the present", func() bool { w.picture(t); return w.back == nil })
	present()
	if before, _, err := stepTo(nil, 0, false); before != 0 || err != nil { // nothing is kept
		t.Error(err)
	}
}

// mover starts a process that writes three bodies, which move.
func mover(t *testing.T, address string) *exec.Cmd {
	t.Helper()
	return python(t, `
w, n = slotstream.Writer("mover", 3, address=sys.argv[1], metadata={"bounds": [0, 0, 0, 10, 3, 3]}), 0
while True:
    n += 1
    w.poses([((n + 3 * i) % 10, 1, i) for i in range(3)])
    w.commit(n, n / 100)
    time.sleep(0.01)
`, address)
}

// Writers in shared memory go on while the viewer is paused, and are not shown.
func TestPauseOfSharedMemory(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	w := watch(t, Config{Shared: true, Address: address, MaxSlots: 1 << 16})
	mover(t, address)
	var ticks uint64
	reaches := func(n uint64) {
		t.Helper()
		windowtest.Wait(t, "a tick", func() bool {
			w.picture(t)
			if len(w.layers) > 0 {
				ticks = w.layers[0].parted()[0].last.Number
			}
			return ticks > n
		})
	}
	reaches(3)
	w.scene.Fit(320, 180)
	w.picture(t)
	w.Pause(true)
	frozen := bytes.Clone(w.picture(t))
	reaches(ticks + 10)
	if !bytes.Equal(w.picture(t), frozen) {
		t.Error("the picture changes in the pause")
	}
	w.Key(new(stage.HUD), ',', stage.Sight{})
	if bytes.Equal(w.picture(t), frozen) {
		t.Error("a step back shows the same")
	}
	w.Pause(false)
	windowtest.Wait(t, "the present", func() bool { w.picture(t); return w.back == nil })
	if n := len(w.shown()); n != 1 {
		t.Errorf("%d streams", n)
	}
}

// A script is killed and started again, many times, also while the user looks back. Its last bodies stay meanwhile, and
// the next life takes their place and their name: no slot is left over.
func TestScriptIsKilledAndStartedAgain(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	w := watch(t, Config{Shared: true, Address: address, MaxSlots: 1 << 16})
	for life := range 6 {
		cmd := mover(t, address)
		windowtest.Wait(t, "a life of the script", func() bool {
			w.picture(t)
			if len(w.layers) == 0 {
				return false
			}
			p := w.layers[0].stream.parted()
			return len(p) == 1 && !p[0].gone && p[0].last.Number > 3
		})
		if life%2 == 1 {
			w.Pause(true)
		}
		cmd.Process.Kill()
		cmd.Wait()
		windowtest.Wait(t, "its end", func() bool { w.picture(t); return w.layers[0].stream.parted()[0].gone })
		w.Pause(false)
		windowtest.Wait(t, "the present", func() bool { w.picture(t); return w.back == nil })
		l := w.layers[0]
		if n, _, _ := l.seen(); n != 3 || len(w.layers) != 1 || l.parted()[0].name != "mover" || l.slots() > 6 {
			t.Fatalf("after life %d there are %d bodies in %d slots, of %d layers", life, n, l.slots(), len(w.layers))
		}
		if rows := w.Rows(new(stage.HUD)); rows[0].Name != "mover" || rows[0].Value != "3, ended" {
			t.Errorf("the panel says %v", rows)
		}
	}
}

// If the minute cannot be kept, there is one warning, and a pause goes on showing the present.
func TestMinuteThatCannotBeKept(t *testing.T) {
	nc := connect(t)
	p := newWalker(t, nc, "walker")
	w := watch(t, Config{NATS: nc, Follow: []string{"walker"}})
	p.step()
	w.shows(t, p)
	var warned []error
	w.cfg.Warn = func(err error) { warned = append(warned, err) }
	w.layers[0].minute.check(errors.New("no memory"))
	w.Pause(true)
	for range 3 {
		p.step()
		w.shows(t, p)
	}
	if n := len(w.shown()); n != 1 || len(warned) != 1 || warned[0].Error() != "the last minute cannot be kept: no memory" {
		t.Errorf("%d streams are shown, warnings: %v", n, warned)
	}
	w.Pause(false)
	p.step()
	w.shows(t, p)
}
