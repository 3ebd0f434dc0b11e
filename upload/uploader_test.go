package upload_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

type mat [16]float32

// five are the strategies that a Config takes.
var five = []upload.Strategy{upload.Auto, upload.Ranges, upload.Merged, upload.Scatter, upload.Full}

func newArena[T any](tb testing.TB, cfg arena.Config[T]) *arena.Arena[T] {
	tb.Helper()
	a, err := arena.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func newUploader[T any](tb testing.TB, d *wgpu.Device, a *arena.Arena[T], o upload.Config) *upload.Uploader[T] {
	tb.Helper()
	u, err := upload.New(d, a, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(u.Release)
	return u
}

func sync[T any](tb testing.TB, u *upload.Uploader[T]) upload.Stats {
	tb.Helper()
	stats, err := u.Sync()
	if err != nil {
		tb.Fatal(err)
	}
	return stats
}

// checkPages reads every page back: pages are contiguous and equal the mirror in every byte.
func checkPages[T any](tb testing.TB, d *wgpu.Device, a *arena.Arena[T], u *upload.Uploader[T]) {
	tb.Helper()
	size := int(unsafe.Sizeof(*new(T)))
	mirror := a.Mirror()
	want := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(mirror))), len(mirror)*size)
	at := 0
	for i, page := range u.Pages() {
		if page.First != at || page.Count <= 0 {
			tb.Fatalf("page %d has slots %d+%d, want it to begin at %d", i, page.First, page.Count, at)
		}
		n := min(page.Count*size, len(want)-at*size)
		got := make([]byte, n)
		if err := gpu.ReadBuffer(d, page.Buffer, got); err != nil {
			tb.Fatal(err)
		}
		if from := want[at*size:][:n]; !bytes.Equal(got, from) {
			for s := 0; s < n/size; s++ {
				if !bytes.Equal(got[s*size:][:size], from[s*size:][:size]) {
					tb.Fatalf("page %d, slot %d: the GPU has %x, the mirror %x", i, at+s, got[s*size:][:size], from[s*size:][:size])
				}
			}
		}
		at += n / size
		if at == len(mirror) {
			break
		}
		at = page.First + page.Count
	}
	if at < len(mirror) {
		tb.Fatalf("the pages hold %d slots, the mirror %d", at, len(mirror))
	}
}

// With Ranges there is one call for each range, and one more for each page edge that a range crosses.
func TestRangesCallsAreCoalescedRanges(t *testing.T) {
	device := openDevice(t)
	const slots, pageSlots = 1000, 64
	a := newArena(t, arena.Config[mat]{MaxSlots: slots, ChunkSlots: 64})
	u := newUploader(t, device, a, upload.Config{Strategy: upload.Ranges, PageSlots: pageSlots})
	span, err := a.AllocSpan(slots, mat{})
	if err != nil {
		t.Fatal(err)
	}
	if stats := sync(t, u); stats.Calls != 16 || stats.Ranges != 1 || stats.HighWater != slots || stats.Bytes != slots*64 {
		t.Fatalf("first sync: %+v, want 16 calls for one range over 16 pages", stats)
	}
	checkPages(t, device, a, u)

	rng := rand.New(rand.NewPCG(3, 3))
	for frame := range 50 {
		changed := make([]bool, slots)
		for range rng.IntN(30) {
			for i, n := rng.IntN(slots), rng.IntN(100); n > 0 && i < slots; i, n = i+1, n-1 {
				changed[i] = true
			}
		}
		want, bytes := 0, 0
		for i, c := range changed {
			if !c {
				continue
			}
			span.Set(i, &mat{float32(frame + 1), float32(i)})
			bytes += 64
			if i == 0 || !changed[i-1] || i%pageSlots == 0 {
				want++
			}
		}
		span.Flush()
		stats := sync(t, u)
		if stats.Calls != want || stats.Bytes != bytes || stats.Submits != 0 {
			t.Fatalf("frame %d: %+v, want %d calls and %d bytes", frame, stats, want, bytes)
		}
		checkPages(t, device, a, u)
	}
	if stats := sync(t, u); stats.Calls != 0 || stats.Bytes != 0 || stats.Ranges != 0 {
		t.Fatalf("nothing changed, but %+v", stats)
	}
}

// The pages equal the mirror after each Sync, while the arena grows, shrinks and changes, for each strategy and slot
// size.
func TestPagesEqualMirror(t *testing.T) {
	t.Run("64 bytes", testPagesEqualMirror[[16]float32])
	t.Run("16 bytes", testPagesEqualMirror[[4]uint32])
	t.Run("48 bytes", testPagesEqualMirror[[12]float32])
	t.Run("208 bytes", testPagesEqualMirror[[52]uint32])
}

func testPagesEqualMirror[T any](t *testing.T) {
	device := openDevice(t)
	for _, strategy := range five {
		t.Run(strategy.String(), func(t *testing.T) {
			const most = 4000
			var hidden T
			fill(&hidden, rand.New(rand.NewPCG(9, 9)))
			a := newArena(t, arena.Config[T]{MaxSlots: most, ChunkSlots: 64, Hidden: hidden})
			u := newUploader(t, device, a, upload.Config{Strategy: strategy, PageSlots: 300})
			upload.LimitScatter(u, 130) // so that a Sync takes several submits
			rng := rand.New(rand.NewPCG(4, uint64(strategy)))
			var slots []arena.Slot[T]
			var spans []arena.Span[T]
			for range 60 {
				var v T
				for range rng.IntN(20) { // grow
					fill(&v, rng)
					if s, err := a.Alloc(v); err == nil {
						slots = append(slots, s)
					}
				}
				if n := 1 + rng.IntN(200); rng.IntN(3) == 0 {
					if s, err := a.AllocSpan(n, v); err == nil {
						spans = append(spans, s)
					}
				}
				for range rng.IntN(10) { // free
					if i := rng.IntN(len(slots) + 1); i < len(slots) {
						if err := slots[i].Free(); err != nil {
							t.Fatal(err)
						}
						slots = slices.Delete(slots, i, i+1)
					}
				}
				if i := rng.IntN(len(spans) + 1); rng.IntN(5) == 0 && i < len(spans) {
					if err := spans[i].Free(); err != nil {
						t.Fatal(err)
					}
					spans = slices.Delete(spans, i, i+1)
				}
				for range rng.IntN(50) { // write
					fill(&v, rng)
					if len(slots) > 0 {
						slots[rng.IntN(len(slots))].Store(&v)
					}
					if len(spans) > 0 {
						s := spans[rng.IntN(len(spans))]
						s.Set(rng.IntN(s.Len()), &v)
						s.Flush()
					}
				}
				sync(t, u)
				if rng.IntN(3) == 0 { // not after every Sync: the next must not disturb one still under way
					checkPages(t, device, a, u)
				}
			}
			checkPages(t, device, a, u)
		})
	}
}

// fill sets every byte of v at random.
func fill[T any](v *T, rng *rand.Rand) {
	b := unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
}

func TestNewRefuses(t *testing.T) {
	device := openDevice(t)
	for _, c := range []struct {
		err  error
		want string
	}{
		{newError[[5]float32](device, upload.Config{}), "pad it to a multiple of 16"},
		{newError[mat](device, upload.Config{Strategy: 5}), "unknown strategy"},
		{newError[mat](device, upload.Config{PageSlots: -1}), "positive"},
		{newError[mat](device, upload.Config{PageSlots: 1 << 30}), "lower PageSlots to 2097152"},
		{newError[mat](device, upload.Config{Costs: upload.Costs{Call: -1}}), "nanoseconds"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v, want an error with %q", c.err, c.want)
		}
	}
}

func newError[T any](d *wgpu.Device, o upload.Config) error {
	a, err := arena.New(arena.Config[T]{MaxSlots: 64})
	if err != nil {
		return fmt.Errorf("arena: %w", err)
	}
	_, err = upload.New(d, a, o)
	return err
}

// arenaOf is the configuration of a small arena of mats.
func arenaOf(slots int) arena.Config[mat] { return arena.Config[mat]{MaxSlots: slots, ChunkSlots: 64} }
