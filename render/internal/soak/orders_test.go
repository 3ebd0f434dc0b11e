package soak

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/embedded"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/internal/rendertest"
	"github.com/slotstream/slotstream/upload"
)

// Slots of the test, and those of a group among them, and how many of each change in a round.
const orderedSlots, orderedGroup, changes, groupChanges = 2000, 500, 2, 1

// A consumer has a model of what it lacks: how many slots a Descend has found since it last took any.
type consumer struct{ pending, took, most int }

// take compares what an upload took with what was pending.
func (c *consumer) take(t *testing.T, who string, order []string, slots int) {
	t.Helper()
	if slots != c.pending {
		t.Fatalf("order %v: %s took %d slots, want %d", order, who, slots, c.pending)
	}
	c.pending, c.took, c.most = 0, c.took+slots, max(c.most, slots)
}

// handed is a consumer of the kind that arenas had before they were followed: the program hands it each delta, and it
// takes everything where it missed one.
type handed struct {
	seq   int // of the last delta
	bytes int
}

func (h *handed) apply(d arena.Delta, seq int) {
	slots := d.Updated
	if seq != h.seq+1 {
		slots = d.HighWater
	}
	h.seq, h.bytes = seq, h.bytes+slots*64
}

// newRenderer opens a device, and a renderer for pictures of that size.
func newRenderer(t *testing.T, width, height int) (*render.Device, *render.Renderer, *render.Offscreen) {
	t.Helper()
	device, err := render.Open(render.DeviceConfig{})
	if err != nil {
		rendertest.Missing(t, err)
	}
	t.Cleanup(device.Release)
	target, err := render.NewOffscreen(device, width, height, 0)
	must(t, err)
	t.Cleanup(target.Release)
	renderer, err := render.New(device, render.Config{Format: target.Format()})
	must(t, err)
	t.Cleanup(renderer.Release)
	return device, renderer, target
}

// connect starts a server, and connects to it.
func connect(t *testing.T) *nats.Conn {
	t.Helper()
	server, err := embedded.Start(embedded.Config{})
	must(t, err)
	t.Cleanup(func() { server.Close() })
	connection, err := nats.Connect(server.URL())
	must(t, err)
	t.Cleanup(connection.Close)
	return connection
}

// One frame descends by hand, records, publishes, draws a batch, uploads another, and synchronizes an uploader: in each
// of the 720 orders everybody takes what changed, once, and no more. Deltas that are handed round are the control.
func TestEveryOrderOfCalls(t *testing.T) {
	device, renderer, target := newRenderer(t, 16, 16)
	cube, err := render.NewCube(device)
	must(t, err)
	t.Cleanup(cube.Release)
	camera := render.NewCamera(mgl32.Vec3{}, 3)

	a, err := arena.New(arena.Config[mgl32.Mat4]{MaxSlots: orderedSlots})
	must(t, err)
	group := a.NewGroup()
	grouped, err := group.AllocSpan(orderedGroup, mgl32.Mat4{})
	must(t, err)
	free, err := a.AllocSpan(orderedSlots-orderedGroup, mgl32.Mat4{})
	must(t, err)

	newBatch := func() *render.Batch[mgl32.Mat4] {
		b, err := render.NewBatch(renderer, a, cube, render.BatchConfig{})
		must(t, err)
		t.Cleanup(b.Release)
		return b
	}
	drawn, beside := newBatch(), newBatch()
	uploader, err := upload.New(device.GPU, a, upload.Config{})
	must(t, err)
	t.Cleanup(uploader.Release)
	var file bytes.Buffer
	recorder, err := record.NewRecorder(&file, a, record.Config{Keyframe: time.Hour})
	must(t, err)
	connection := connect(t)
	publisher, err := relay.Publish(t.Context(), connection, "orders", a, relay.PublisherConfig{})
	must(t, err)
	t.Cleanup(func() { publisher.Close() })
	viewer, err := arena.New(arena.Config[mgl32.Mat4]{MaxSlots: 2 * orderedSlots})
	must(t, err)
	follower, err := relay.Follow(t.Context(), connection, "orders", viewer, relay.FollowerConfig{})
	must(t, err)
	t.Cleanup(func() { follower.Close() })

	var byFrame, byUpload, bySync consumer
	var byHand handed
	changed, descends := 0, 0 // slots since the last Descend; Descends so far
	descended := func() {
		for _, c := range []*consumer{&byFrame, &byUpload, &bySync} {
			c.pending += changed
		}
		changed = 0
		descends++
	}
	var order []string
	verbs := map[string]func(){
		"Descend": func() {
			d := a.Descend()
			descended()
			byHand.apply(d, descends)
		},
		"Append": func() {
			must(t, recorder.Append())
			recorder.Wait() // so that it joins no two
		},
		"Send": func() { must(t, publisher.Send()) },
		"Frame": func() {
			stats, err := renderer.Frame(target, &camera, drawn)
			must(t, err)
			descended()
			byFrame.take(t, "Frame", order, stats.Bytes/64)
		},
		"Upload": func() {
			stats, err := beside.Upload()
			must(t, err)
			byUpload.take(t, "Upload", order, stats.Bytes/64)
		},
		"Sync": func() {
			stats, err := uploader.Sync()
			must(t, err)
			descended()
			bySync.take(t, "Sync", order, stats.Bytes/64)
		},
	}
	rng := rand.New(rand.NewPCG(2, 3))
	noise := func() (m mgl32.Mat4) { // that no file packs
		for i := range m {
			m[i] = rng.Float32()
		}
		return m
	}
	round, rounds := 0, 0
	run := func(calls []string) {
		order = calls
		for i := range changes {
			m := noise()
			free.Set((round*changes+i)%free.Len(), &m)
		}
		m := noise()
		grouped.Set(round%grouped.Len(), &m)
		free.Flush()
		group.Commit(arena.Tick{Number: uint64(round), Time: time.Duration(round)})
		round++
		changed += changes + groupChanges
		for _, call := range calls {
			verbs[call]()
		}
		_, err := follower.Receive()
		must(t, err)
		viewer.Descend()
	}

	// What everybody takes first is everything.
	a.Descend()
	descends++
	for _, c := range []*consumer{&byFrame, &byUpload, &bySync} {
		c.pending = orderedSlots
	}
	for _, verb := range []func(){verbs["Append"], verbs["Send"], verbs["Frame"], verbs["Upload"], verbs["Sync"]} {
		verb()
	}
	for _, c := range []*consumer{&byFrame, &byUpload, &bySync} {
		*c = consumer{}
	}
	recorded, published := recorder.Stats().Bytes, int64(0)
	for published == 0 { // what the follower gets first, too
		_, err := follower.Receive()
		must(t, err)
		viewer.Descend()
		must(t, publisher.Send())
		published = publisher.Stats().Bytes
	}
	permutations([]string{"Descend", "Append", "Send", "Frame", "Upload", "Sync"}, func(order []string) {
		run(order)
		rounds++
	})
	if rounds != 720 {
		t.Fatalf("%d orders", rounds)
	}
	order = []string{"Descend", "Append", "Send", "Frame", "Upload", "Sync"} // for those whose turn came before a Descend
	for _, call := range order {
		verbs[call]()
	}
	must(t, recorder.Close())

	total := rounds * (changes + groupChanges)
	for who, c := range map[string]*consumer{"Frame": &byFrame, "Upload": &byUpload, "Sync": &bySync} {
		if c.took != total || c.most > 2*(changes+groupChanges) {
			t.Errorf("%s took %d slots, %d at most at once; %d changed", who, c.took, c.most, total)
		}
	}
	// A frame of the file, and one for the follower, also says what it is.
	const perFrame = 1 << 10
	if got := recorder.Stats().Bytes - recorded; got > int64(total*64+rounds*perFrame) {
		t.Errorf("%d bytes were recorded of %d that changed", got, total*64)
	}
	if got := publisher.Stats().Bytes - published; got > int64(total*64+rounds*perFrame) {
		t.Errorf("%d bytes were published of %d that changed", got, total*64)
	}
	if byHand.bytes < 100*total*64 {
		t.Errorf("handed round, %d bytes go for %d that changed: this test sees nothing", byHand.bytes, total*64)
	}
	t.Logf("%d bytes changed; uploaded %d, recorded %d, published %d, handed round %d", total*64,
		byFrame.took*64, recorder.Stats().Bytes-recorded, publisher.Stats().Bytes-published, byHand.bytes)
	for who, pages := range map[string][]upload.Page{"Frame": drawn.Uploader().Pages(), "Upload": beside.Uploader().Pages(), "Sync": uploader.Pages()} {
		if err := onGPU(device, pages, a.Mirror(), orderedSlots); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// permutations calls f with each order of the names.
func permutations(names []string, f func([]string)) {
	var choose func(n int)
	choose = func(n int) {
		if n == len(names) {
			f(names)
			return
		}
		for i := n; i < len(names); i++ {
			names[n], names[i] = names[i], names[n]
			choose(n + 1)
			names[n], names[i] = names[i], names[n]
		}
	}
	choose(0)
}
