package upload_test

import (
	"errors"
	"math/rand/v2"
	gosync "sync"
	"sync/atomic"
	"testing"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// An error at any call of a Sync loses nothing: the next Sync uploads the rest.
func TestErrorAtEveryCall(t *testing.T) {
	device := openDevice(t)
	for _, strategy := range five {
		t.Run(strategy.String(), func(t *testing.T) {
			failed := 0
			for failAt := 0; ; failAt++ {
				a := newArena(t, arenaOf(600))
				u := newUploader(t, device, a, upload.Config{Strategy: strategy, PageSlots: 100})
				upload.LimitScatter(u, 150)
				faults := upload.Inject(u)
				span, err := a.AllocSpan(350, mat{1})
				if err != nil {
					t.Fatal(err)
				}
				sync(t, u)
				more, err := a.AllocSpan(250, mat{2}) // grows pages and staging
				if err != nil {
					t.Fatal(err)
				}
				for i := 0; i < 350; i += 7 {
					span.Set(i, &mat{3, float32(i)})
				}
				span.Flush()

				faults.Arm(failAt)
				_, err = u.Sync()
				if faults.Calls <= failAt { // every call had its turn
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				if !errors.Is(err, upload.ErrInjected) {
					t.Fatalf("call %d failed, but Sync returned %v", failAt, err)
				}
				failed++
				if failAt%2 == 0 { // with and without news meanwhile
					more.Set(failAt%250, &mat{4})
					more.Flush()
					faults.Arm(0) // and a second failure on top
					if _, err := u.Sync(); !errors.Is(err, upload.ErrInjected) {
						t.Fatalf("second failure: %v", err)
					}
				}
				faults.Arm(-1)
				sync(t, u)
				checkPages(t, device, a, u)
				if stats := sync(t, u); stats.Calls != 0 {
					t.Fatalf("nothing was pending, but %+v", stats)
				}
			}
			if failed < 8 {
				t.Fatalf("only %d calls could fail: the test is too weak", failed)
			}
		})
	}
}

// Two uploaders follow one arena: each uploads what changed and no more, no matter who descends and how often.
func TestOthersDescend(t *testing.T) {
	device := openDevice(t)
	a := newArena(t, arenaOf(300))
	u := newUploader(t, device, a, upload.Config{Strategy: upload.Ranges, PageSlots: 64})
	v := newUploader(t, device, a, upload.Config{Strategy: upload.Ranges, PageSlots: 50})
	span, err := a.AllocSpan(300, mat{})
	if err != nil {
		t.Fatal(err)
	}
	set := func(slots ...int) {
		for _, i := range slots {
			span.Set(i, &mat{float32(i)})
		}
		span.Flush()
	}
	uploads := func(who string, u *upload.Uploader[mat], slots int) {
		t.Helper()
		stats, err := u.Upload()
		if err != nil || stats.Bytes != slots*64 || stats.Updated != slots || stats.HighWater != 300 {
			t.Fatalf("%s: %+v %v, want %d slots", who, stats, err, slots)
		}
		checkPages(t, device, a, u)
	}
	a.Descend()
	uploads("u", u, 300)
	uploads("v", v, 300)
	set(7, 299)
	a.Descend()
	a.Descend() // and again, by another part of the program
	uploads("u", u, 2)
	set(8)
	a.Descend()
	uploads("u", u, 1)
	uploads("u again", u, 0)
	uploads("v, behind", v, 3)
	set(200)
	if stats := sync(t, u); stats.Bytes != 64 {
		t.Fatalf("u's Sync: %+v", stats)
	}
	uploads("v after u's Sync", v, 1)
}

// Release ends the subscription: a later Descend adds nothing to the uploader's backlog.
func TestReleaseStopsFollowing(t *testing.T) {
	device := openDevice(t)
	a := newArena(t, arenaOf(64))
	u := newUploader(t, device, a, upload.Config{})
	if _, err := a.Alloc(mat{}); err != nil {
		t.Fatal(err)
	}
	sync(t, u)
	pending := upload.Pending(u)
	u.Release()
	if _, err := a.Alloc(mat{}); err != nil {
		t.Fatal(err)
	}
	a.Descend()
	if got := pending(); got != 0 {
		t.Fatalf("%d ranges were added after Release", got)
	}
}

// An uploader on a new device uploads everything, also if nothing in the arena changes any more.
func TestRecreatedDevice(t *testing.T) {
	a := newArena(t, arenaOf(500))
	span, err := a.AllocSpan(500, mat{1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range span.Len() {
		span.Set(i, &mat{float32(i)})
	}
	span.Flush()
	for range 2 {
		device := openDevice(t)
		u := newUploader(t, device, a, upload.Config{PageSlots: 128})
		sync(t, u)
		checkPages(t, device, a, u)
		u.Release() // and again when the test ends
	}
}

// While writers run, the pages equal the mirror after each Sync. When they have stopped, the pages hold the last
// values.
func TestConcurrentWriters(t *testing.T) {
	device := openDevice(t)
	for _, strategy := range five {
		t.Run(strategy.String(), func(t *testing.T) {
			const writers, each = 4, 400
			a := newArena(t, arenaOf(writers*each*2))
			u := newUploader(t, device, a, upload.Config{Strategy: strategy, PageSlots: 500})
			var stop atomic.Bool
			var running gosync.WaitGroup
			var spans [writers]arena.Span[mat]
			for w := range spans {
				var err error
				if spans[w], err = a.AllocSpan(each, mat{}); err != nil {
					t.Fatal(err)
				}
			}
			for w, span := range spans {
				running.Go(func() {
					var slot arena.Slot[mat]
					for n := 0; !stop.Load(); n++ {
						for i := n % 7; i < each; i += 1 + n%13 {
							span.Set(i, &mat{float32(w), float32(n), float32(i)})
						}
						span.Flush()
						if n%2 == 0 {
							slot, _ = a.Alloc(mat{float32(n)})
						} else if err := slot.Free(); err != nil {
							t.Error(err)
						}
					}
					for i := range each {
						span.Set(i, &mat{float32(w), -1, float32(i)})
					}
					span.Flush()
				})
			}
			for range 15 {
				sync(t, u)
				checkPages(t, device, a, u)
			}
			stop.Store(true)
			running.Wait()
			sync(t, u)
			checkPages(t, device, a, u)
			for i, m := range a.Mirror()[:writers*each] {
				if want := (mat{float32(i / each), -1, float32(i % each)}); m != want {
					t.Fatalf("slot %d is %v, want %v", i, m, want)
				}
			}
		})
	}
}

// A steady Sync allocates nothing, with each strategy.
func TestSyncAllocatesNothing(t *testing.T) {
	device := openDevice(t)
	for _, strategy := range five {
		a := newArena(t, arenaOf(2000))
		u := newUploader(t, device, a, upload.Config{Strategy: strategy, PageSlots: 600})
		span, err := a.AllocSpan(2000, mat{})
		if err != nil {
			t.Fatal(err)
		}
		frame := 0
		step := func() {
			frame++
			for i := 0; i < 2000; i += 3 {
				span.Set(i, &mat{float32(frame)})
			}
			span.Flush()
			if _, err := u.Sync(); err != nil {
				t.Fatal(err)
			}
		}
		step()
		if n := testing.AllocsPerRun(20, step); n != 0 {
			t.Errorf("%v: %v allocations in a Sync", strategy, n)
		}
	}
}

// The same deltas and the same costs give the same calls.
func TestSameDeltasSameCalls(t *testing.T) {
	device := openDevice(t)
	a := newArena(t, arenaOf(3000))
	costs := upload.Costs{Call: 500, Byte: 1, Submit: 5000, Dispatch: 5000, Slot: 1, Move: 4} // Auto takes all sorts
	u := newUploader(t, device, a, upload.Config{PageSlots: 500, Costs: costs})
	v := newUploader(t, device, a, upload.Config{PageSlots: 500, Costs: costs})
	span, err := a.AllocSpan(3000, mat{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[upload.Strategy]bool{}
	rng := rand.New(rand.NewPCG(6, 6))
	for frame := range 40 {
		for page := range 6 {
			for i := 0; i < 500; i += 1 + rng.IntN(1+(frame*7+page*13)%90) {
				span.Set(page*500+i, &mat{float32(frame)})
			}
		}
		span.Flush()
		a.Descend()
		x, err1 := u.Upload()
		y, err2 := v.Upload()
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if x.Calls != y.Calls || x.Submits != y.Submits || x.Bytes != y.Bytes || x.Ranges != y.Ranges {
			t.Fatalf("frame %d: %+v and %+v", frame, x, y)
		}
		for _, s := range five {
			if x.Pages(s) != y.Pages(s) {
				t.Fatalf("frame %d: %+v and %+v", frame, x, y)
			}
			if x.Pages(s) > 0 {
				seen[s] = true
			}
		}
		seen[upload.Auto] = seen[upload.Auto] || x.Calls == 0
	}
	checkPages(t, device, a, u)
	checkPages(t, device, a, v)
	if len(seen) < 4 {
		t.Fatalf("Auto took only %v: the test is too weak", seen)
	}
}
