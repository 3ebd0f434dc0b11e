package relay

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/internal/wire"
)

// Each group of the publisher's keeps its own tick at the follower, with or without lost
// messages: the tick that its slots are of. A tick without a change arrives, too.
func TestTicksOfAllGroups(t *testing.T) {
	for _, percent := range []uint8{0, 10} {
		t.Run(fmt.Sprintf("%d percent lost", percent), func(t *testing.T) {
			checkLeaks(t)
			w := worldAt(t, lossyServer(t, percent))
			w.arena = newArena(t)
			const groups, slots = 5, 300
			var group []arena.Group[mat4]
			var span []arena.GroupSpan[mat4]
			for range groups {
				g := w.arena.NewGroup()
				s, err := g.AllocSpan(slots, mat4{1})
				if err != nil {
					t.Fatal(err)
				}
				group, span = append(group, g), append(span, s)
			}
			w.publishArena(PublisherConfig{})
			v := w.view(FollowerConfig{Quiet: 20 * time.Millisecond})
			time := [groups]time.Duration{4, 1, 2, 9, 3} // of each group's own clock
			var last arena.Tick
			check := func() {
				t.Helper()
				first := v.shown
				ticks := append([]arena.GroupTick(nil), first.Ticks...)
				v.apply()
				latest := arena.Tick{}
				for i, k := range v.shown.Ticks {
					at := span[k.Group-1]
					for j := range slots {
						if m, _ := v.seen(at.Index(j)); m != (mat4{1, float32(k.To.Number)}) && k.Group != groups {
							t.Fatalf("slot %d of group %d is %v, and its tick %v", j, k.Group, m[:2], k.To)
						}
					}
					if len(ticks) > i && ticks[i].Group == k.Group && ticks[i].To != k.From {
						t.Errorf("group %d comes from %v, and %v was shown", k.Group, k.From, ticks[i].To)
					}
					if latest == (arena.Tick{}) || k.To.Time > latest.Time {
						latest = k.To
					}
				}
				if v.shown.Tick != latest || v.f.group.Shown() != latest {
					t.Errorf("the follower shows tick %v, its group %v, and the latest is %v", v.shown.Tick, v.f.group.Shown(), latest)
				}
			}
			for n := 0; n < 200 || percent > 0 && w.p.Stats().Resent == 0; n++ {
				for g := range groups {
					if n%(g+1) != 0 {
						continue
					}
					time[g]++
					last = arena.Tick{Number: uint64(n + 1), Time: time[g]}
					if g != groups-1 { // the last group never changes
						for j := range slots {
							span[g].Set(j, &mat4{1, float32(n + 1)})
						}
					}
					group[g].Commit(last)
				}
				w.tick()
				check()
			}
			w.until("all ticks are shown", func() bool {
				w.tick()
				check()
				for i, g := range group {
					if len(v.shown.Ticks) != groups || v.shown.Ticks[i].To != g.Shown() {
						return false
					}
				}
				return true
			})
		})
	}
}

// Groups of a publisher that was restarted have nothing to do with those of the one before.
func TestTicksOfNextEpoch(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	v := w.view(FollowerConfig{Quiet: 20 * time.Millisecond})
	commit := func(a *arena.Arena[mat4], n uint64) {
		a.NewGroup().Commit(arena.Tick{Number: n})
	}
	commit(w.arena, 5)
	commit(w.arena, 6)
	w.until("two groups are shown", func() bool { w.tick(); v.apply(); return len(v.shown.Ticks) == 2 })
	w.p.Close()
	w.publish(PublisherConfig{})
	commit(w.arena, 1)
	w.until("one group is shown", func() bool { w.tick(); v.apply(); return len(v.shown.Ticks) == 1 })
	if k := v.shown.Ticks[0]; k != (arena.GroupTick{Group: 1, To: arena.Tick{Number: 1}}) {
		t.Errorf("%+v", k)
	}
}

// A publisher that makes and frees groups without end costs its followers no memory for
// them, and no live group's tick is lost for long.
func TestTicksOfFreedGroups(t *testing.T) {
	w := newWorld(t, PublisherConfig{})
	f := followNobody(t, w, FollowerConfig{Quiet: time.Minute})
	limit := f.assembly.maxGroups()
	f.handle(&nats.Msg{Data: hello{Info: infoOf[mat4]("nobody", 5, nil), Version: version}.append(nil)})
	frame := func(seq uint64, first, n int) {
		ticks := make([]arena.GroupTick, n)
		for i := range ticks {
			ticks[i] = arena.GroupTick{Group: uint64(first + i), To: arena.Tick{Number: seq}}
		}
		h := wire.Header{SlotBytes: 64, Epoch: 5, Seq: seq, Base: seq - 1, Parts: 1}
		f.handle(&nats.Msg{Data: wire.Append(nil, h, ticks, nil, nil)})
		if _, err := f.Receive(); err != nil {
			t.Fatal(err)
		}
	}
	state := func() (applied uint64, misses int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.applied, f.misses
	}
	frame(1, 1, limit)
	if applied, _ := state(); len(f.shown.Ticks) != limit || applied != 1 {
		t.Errorf("%d groups after frame %d", len(f.shown.Ticks), applied)
	}
	frame(2, limit+1, 3)
	if applied, misses := state(); len(f.shown.Ticks) != 3 || applied != 0 || misses != 1 {
		t.Errorf("%d groups after frame %d, and everything was asked for %d times", len(f.shown.Ticks), applied, misses)
	}
}
