package arena

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

// The promises of the package comment, by number.

// goMat has a size that no kernel fits: it takes the Go path everywhere.
type goMat [13]float32

// instance has a size that the kernels for any size move, as render.Instance.
type instance [20]float32

func instanceOf(x float32) (m instance) {
	for i := range m {
		m[i] = x
	}
	return m
}

func goMatOf(x float32) goMat {
	var m goMat
	for i := range m {
		m[i] = x
	}
	return m
}

func newGoMats(t testing.TB, cfg Config[goMat]) *Arena[goMat] {
	t.Helper()
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustPanic(t *testing.T, with string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, with) {
			t.Fatalf("panic %q, want %q", got, with)
		}
	}()
	f()
}

// hold brings a writer to a halt inside the slot; the returned function lets it go on.
func hold[T any](t testing.TB, s Slot[T], v T) (release func()) {
	t.Helper()
	version, ok := s.chunk.enter(s.at, s.gen)
	if !ok {
		t.Fatal("stale")
	}
	return func() {
		s.chunk.put(s.at, unsafe.Pointer(&v))
		s.chunk.leave(s.at, version)
	}
}

func TestPromise01StableAddresses(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 64 * 200})
	table, bitmap, mirror := unsafe.SliceData(a.chunks), unsafe.SliceData(a.dirty), unsafe.SliceData(a.mirror)
	s := alloc(t, a, *whole(1))
	chunk, values, versions := s.chunk, s.chunk.values, unsafe.SliceData(s.chunk.versions)
	a.Descend()
	before := a.Mirror()
	for range 199 {
		allocSpan(t, a, 64, *whole(2))
		a.Descend()
	}
	if table != unsafe.SliceData(a.chunks) || bitmap != unsafe.SliceData(a.dirty) || mirror != unsafe.SliceData(a.mirror) ||
		chunk != a.chunks[0].Load() || values != chunk.values || versions != unsafe.SliceData(chunk.versions) ||
		&before[0] != &a.Mirror()[0] {
		t.Fatal("growth moved something")
	}
	if len(a.Mirror()) != 1+199*64 {
		t.Fatalf("mirror covers %d slots", len(a.Mirror()))
	}
	s.Store(whole(3))
	a.Descend()
	if before[0] != *whole(3) {
		t.Fatal("an old handle and an old mirror have lost touch")
	}
	for _, c := range []unsafe.Pointer{values, unsafe.Pointer(versions), unsafe.Pointer(bitmap)} {
		if uintptr(c)%64 != 0 {
			t.Fatal("not at the start of a cache line")
		}
	}
}

func TestPromise02TopologyApartFromValues(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{})
	s, span := alloc(t, a, mat{}), allocSpan(t, a, 2, mat{})
	a.mu.Lock() // somebody is in the middle of an Alloc
	if !s.Store(whole(1)) || !span.Set(0, whole(2)) || !span.StoreAll([]mat{*whole(3), *whole(4)}) {
		t.Fatal("stale")
	}
	wantRanges(t, a.Descend(), Range{0, 3})
	a.mu.Unlock()

	// A Free that waits for a writer holds nobody else up.
	release := hold(t, s, *whole(5))
	freed := make(chan error)
	go func() { freed <- s.Free() }()
	for range 100 {
		if err := alloc(t, a, mat{}).Free(); err != nil {
			t.Fatal(err)
		}
	}
	release()
	if err := <-freed; err != nil {
		t.Fatal(err)
	}
}

func TestPromise03PublicationBySeqlock(t *testing.T) {
	t.Run("versions", func(t *testing.T) {
		a := newMats(t, Config[mat]{})
		s, span := alloc(t, a, mat{}), allocSpan(t, a, 100, mat{})
		version := func(i int) uint32 { return a.chunks[0].Load().versions[i].Load() }
		if version(0) != 2 {
			t.Fatalf("version %d after the first value", version(0))
		}
		release := hold(t, s, *whole(1))
		if version(0) != 3 {
			t.Fatalf("version %d inside a write, want 3", version(0))
		}
		release()
		s.Store(whole(2))
		if version(0) != 6 {
			t.Fatalf("version %d after two more writes, want 6", version(0))
		}
		span.Set(99, whole(1))
		span.StoreAll(make([]mat, 100))
		for i := 1; i < 100; i++ {
			if version(i) != 4 {
				t.Fatalf("slot %d: version %d, want 4", i, version(i))
			}
		}
		if version(100) != 6 || version(101) != 0 {
			t.Fatal("a neighbour's version moved")
		}
	})

	a := newGoMats(t, Config[goMat]{})
	s := alloc(t, a, goMatOf(1))
	shows := func(what string, updated, torn int, value float32) {
		t.Helper()
		d := a.Descend()
		hook = nil
		if d.Updated != updated || d.Torn != torn || a.Mirror()[0] != goMatOf(value) {
			t.Fatalf("%s: updated %d, torn %d, value %v", what, d.Updated, d.Torn, a.Mirror()[0])
		}
	}
	shows("first", 1, 0, 1)
	shows("unchanged", 0, 0, 1)
	s.chunk.mark()
	shows("marked but unchanged", 0, 0, 1)
	v := goMatOf(2)
	s.Store(&v)
	shows("updated", 1, 0, 2)

	release := hold(t, s, goMatOf(3))
	shows("odd at the start", 0, 1, 2)
	release()
	shows("odd before", 1, 0, 3)

	v = goMatOf(4)
	s.Store(&v)
	hook = func() { hook = nil; release = hold(t, s, goMatOf(5)) }
	shows("moved during the copy", 0, 1, 3)
	release()
	shows("moved before", 1, 0, 5)

	v = goMatOf(6)
	s.Store(&v)
	w := goMatOf(7)
	hook = func() { hook = nil; s.Store(&w) }
	shows("a whole write during the copy", 0, 1, 5)
	shows("after it", 1, 0, 7)
}

func TestPromise04ScanFollowsTouchedChunks(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 64 * 300})
	var slots []Slot[mat]
	for range 64 * 100 {
		slots = append(slots, alloc(t, a, mat{}))
	}
	span := allocSpan(t, a, 64*200, mat{})
	a.Descend()
	chunks := func(want int, ranges ...Range) {
		t.Helper()
		d := a.Descend()
		if d.Chunks != want {
			t.Fatalf("%d chunks scanned, want %d", d.Chunks, want)
		}
		wantRanges(t, d, ranges...)
	}
	chunks(0)
	for range 3 {
		slots[5].Store(whole(1))
		slots[64*70].Store(whole(1))
	}
	chunks(2, Range{5, 1}, Range{64 * 70, 1})
	chunks(0) // a drained bitmap is empty
	span.Set(64*150+3, whole(1))
	chunks(0) // not flushed
	span.Flush()
	chunks(1, Range{64*250 + 3, 1})
	span.Flush()
	chunks(0)
	span.StoreRange(63, make([]mat, 66))
	chunks(3, Range{64*100 + 63, 66})
	a.chunks[7].Load().mark()
	chunks(1)
	chunks(0)
}

func TestPromise05NothingIsLost(t *testing.T) {
	t.Parallel()
	t.Run("64 bytes", func(t *testing.T) { nothingLost[mat](t, func(x float32) mat { return *whole(x) }) })
	t.Run("52 bytes", func(t *testing.T) { nothingLost(t, goMatOf) })
	t.Run("80 bytes", func(t *testing.T) { nothingLost(t, instanceOf) })
}

func nothingLost[T comparable](t *testing.T, value func(float32) T) {
	const slots, spanSlots, writers = 100, 150, 3
	rounds := 30
	if testing.Short() || raceEnabled {
		rounds = 8
	}
	for round := range rounds {
		a, err := New(Config[T]{ChunkSlots: 64, MaxSlots: 1000})
		if err != nil {
			t.Fatal(err)
		}
		var own [writers][]Slot[T]
		var spans [writers]Span[T]
		for w := range writers {
			for range slots {
				own[w] = append(own[w], alloc(t, a, value(-1)))
			}
			spans[w] = allocSpan(t, a, spanSlots, value(-1))
		}
		last := make([]T, 1000)
		var wg sync.WaitGroup
		for w := range writers {
			rng := rand.New(rand.NewPCG(uint64(round), uint64(w)))
			wg.Go(func() {
				for i := range 3000 {
					v := value(float32(i))
					switch k := rng.IntN(slots); i % 4 {
					case 0, 1:
						own[w][k].Store(&v)
						last[own[w][k].Index()] = v
					case 2:
						spans[w].Set(k, &v)
						last[spans[w].Index(k)] = v
						if k%4 == 0 {
							spans[w].Flush()
						}
					case 3:
						if i%32 == 3 {
							spans[w].StoreRange(k, slices.Repeat([]T{v}, 50))
							for j := range 50 {
								last[spans[w].Index(k+j)] = v
							}
						}
					}
				}
				spans[w].Flush()
			})
		}
		var stop atomic.Bool
		reader := make(chan struct{})
		go func() {
			for !stop.Load() {
				giveWay()
				a.Descend()
			}
			close(reader)
		}()
		wg.Wait()
		stop.Store(true)
		<-reader
		a.Descend()
		for i, v := range a.Mirror() {
			if last[i] != v && !(last[i] == *new(T) && v == value(-1)) {
				t.Fatalf("round %d, slot %d shows %v, last written %v", round, i, v, last[i])
			}
		}
		if d := a.Descend(); d.Chunks+d.Torn+d.Updated != 0 {
			t.Fatalf("still something to do: %+v", d)
		}
	}
}

func TestPromise06NewSlotIsDirty(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{Hidden: *whole(-1)})
	s := alloc(t, a, *whole(1))
	d := a.Descend()
	wantRanges(t, d, Range{0, 1})
	if d.HighWater != 1 || a.Mirror()[0] != *whole(1) {
		t.Fatal("the initial value does not show")
	}
	check := func(what string, want float32, torn int) {
		t.Helper()
		d := a.Descend()
		wantRanges(t, d, Range{0, 1})
		if a.Mirror()[0] != *whole(want) || d.Torn != torn {
			t.Fatalf("%s: shows %v, torn %d", what, a.Mirror()[0][0], d.Torn)
		}
	}
	if err := s.Free(); err != nil {
		t.Fatal(err)
	}
	s = alloc(t, a, *whole(2))
	check("reused between two Descends", 2, 0)

	if err := s.Free(); err != nil {
		t.Fatal(err)
	}
	s = alloc(t, a, *whole(3))
	release := hold(t, s, *whole(4))
	check("the first read of a reused slot is torn", -1, 1) // neither 2 nor 3
	if d := a.Descend(); d.Updated != 0 || d.Torn != 1 {
		t.Fatal("the hidden value is reported once")
	}
	release()
	check("and then", 4, 0)

	a = newMats(t, Config[mat]{Hidden: *whole(-1)})
	s = alloc(t, a, *whole(5))
	release = hold(t, s, *whole(6))
	check("the first read of a new index is torn", -1, 1) // not a zero matrix
	release()
	check("and then", 6, 0)
}

func TestPromise07FreedSlotVanishes(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{Hidden: *whole(-1)})
	var slots []Slot[mat]
	for range 10 {
		slots = append(slots, alloc(t, a, *whole(1)))
	}
	a.Descend()
	for _, i := range []int{8, 3, 9} {
		if err := slots[i].Free(); err != nil {
			t.Fatal(err)
		}
	}
	d := a.Descend()
	wantRanges(t, d, Range{3, 1}, Range{8, 2})
	if d.HighWater != 8 || a.HighWater() != 8 || a.Len() != 7 || a.Mirror()[3] != *whole(-1) {
		t.Fatalf("%+v, %d live, slot 3 shows %v", d, a.Len(), a.Mirror()[3][0])
	}
	for _, want := range []int{3, 8, 9, 10} {
		if got := alloc(t, a, mat{}).Index(); got != want {
			t.Fatalf("index %d, want %d", got, want)
		}
	}
	if a.HighWater() != 11 || a.Len() != 11 {
		t.Fatal("high water or length is wrong")
	}
	// The zero T where nothing else was asked for.
	z := newMats(t, Config[mat]{})
	s := alloc(t, z, *whole(1))
	z.Descend()
	s.Free()
	z.Descend()
	if z.Mirror()[0] != (mat{}) || z.HighWater() != 0 {
		t.Fatal("a freed slot is not zero")
	}
}

func TestPromise08StaleHandlesAreHarmless(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{})
	old := alloc(t, a, *whole(1))
	if old.Free() != nil || old.Free() != ErrStale || old.Store(whole(2)) {
		t.Fatal("a freed slot is not stale")
	}
	s := alloc(t, a, *whole(3))
	if s.Index() != old.Index() || old.Store(whole(4)) || old.Free() != ErrStale {
		t.Fatal("a handle outlived its slot")
	}
	a.Descend()
	if a.Mirror()[0] != *whole(3) {
		t.Fatal("a stale write landed")
	}
	var zero Slot[mat]
	var zeroSpan Span[mat]
	if zero.Store(whole(1)) || zero.Free() != ErrStale || zeroSpan.Free() != ErrStale || zeroSpan.Len() != 0 {
		t.Fatal("a zero handle is not stale")
	}
	zeroSpan.Flush()

	t.Run("retired", func(t *testing.T) {
		a := newMats(t, Config[mat]{MaxSlots: 4})
		span := allocSpan(t, a, 4, mat{})
		a.chunks[0].Load().gens[1].Store(math.MaxUint32 - 1)
		if err := span.Free(); err != nil {
			t.Fatal(err)
		}
		s := alloc(t, a, mat{})
		s.chunk.gens[0].Store(math.MaxUint32 - 1)
		s.gen = math.MaxUint32 - 1
		if err := s.Free(); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{2, 3} {
			if got := alloc(t, a, mat{}).Index(); got != want {
				t.Fatalf("index %d, want %d: 0 and 1 are used up", got, want)
			}
		}
		if _, err := a.Alloc(mat{}); err != ErrFull {
			t.Fatal("a used-up index was given out")
		}
	})

	// Goroutines keep storing through handles that another frees, while the
	// index goes to new slots and spans: only owners' values ever show.
	t.Run("race", func(t *testing.T) {
		const own, stale = 1000000, 2000000 // what owners and former owners write
		a := newMats(t, Config[mat]{MaxSlots: 64})
		var current atomic.Pointer[Slot[mat]]
		var stop atomic.Bool
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for !stop.Load() {
					giveWay()
					if s := current.Load(); s != nil {
						for i := range 20 {
							s.Store(whole(stale + float32(i)))
						}
						runtime.Gosched()
					}
				}
			})
		}
		wg.Go(func() {
			for !stop.Load() {
				giveWay()
				a.Descend()
				for _, m := range a.Mirror() {
					if m != *whole(m[0]) {
						t.Errorf("torn: %v", m)
						stop.Store(true)
						return
					}
				}
				runtime.Gosched()
			}
		})
		rounds := 1000
		if testing.Short() || raceEnabled {
			rounds = 300
		}
		for i := 0; i < rounds && !stop.Load(); i++ {
			giveWay()
			s := alloc(t, a, mat{})
			current.Store(&s)
			runtime.Gosched()
			if err := s.Free(); err != nil {
				t.Error(err)
			}
			// The next occupant of the same index is a span, then a slot. Its
			// writer is alone, so the value that it reads back is its own.
			span := allocSpan(t, a, 1, *whole(own))
			for j := range 50 {
				span.Set(0, whole(own+float32(j)))
			}
			var got mat
			c, at := a.place(span.Index(0))
			c.get(at, unsafe.Pointer(&got))
			if got != *whole(own + 49) {
				t.Errorf("a stale write landed in a span: %v", got)
				stop.Store(true)
			}
			if err := span.Free(); err != nil {
				t.Error(err)
			}
			next := alloc(t, a, *whole(own))
			next.Store(whole(own + 1))
			c.get(at, unsafe.Pointer(&got))
			if got != *whole(own + 1) {
				t.Errorf("a stale write landed in a slot: %v", got)
				stop.Store(true)
			}
			if err := next.Free(); err != nil {
				t.Error(err)
			}
		}
		stop.Store(true)
		wg.Wait()
	})

	t.Run("one free wins", func(t *testing.T) {
		a := newMats(t, Config[mat]{})
		for range 500 {
			s := alloc(t, a, mat{})
			var freed atomic.Int32
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if s.Free() == nil {
						freed.Add(1)
					}
				})
			}
			wg.Wait()
			if freed.Load() != 1 || a.Len() != 0 {
				t.Fatalf("freed %d times, %d live", freed.Load(), a.Len())
			}
		}
	})
}

func TestPromise09ManyWritersOneSlot(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{})
	s := alloc(t, a, *whole(0))
	const writers = 4
	each := 20000
	if testing.Short() || raceEnabled {
		each = 3000
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				s.Store(whole(float32(writers*i + w)))
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	var latest [writers]int // by writer: values of one never go back
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
			giveWay()
		}
		a.Descend()
		m := a.Mirror()[0]
		if m != *whole(m[0]) {
			t.Fatalf("torn: %v", m)
		}
		v := int(m[0])
		if v < latest[v%writers] {
			t.Fatalf("%d after %d", v, latest[v%writers])
		}
		latest[v%writers] = v
	}
	if i := int(a.Mirror()[0][0]) / writers; i != each-1 {
		t.Fatalf("the last value is from round %d of %d", i, each)
	}
	if got := s.chunk.versions[0].Load(); got != uint32(2+2*writers*each) {
		t.Fatalf("version %d: a write is missing", got)
	}
}

func TestPromise10DescheduledWriter(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 64 * 10})
	s, other := alloc(t, a, *whole(1)), alloc(t, a, *whole(1))
	a.Descend()
	release := hold(t, s, *whole(2))
	other.Store(whole(3)) // a neighbour goes on
	for i := range 10 {
		d := a.Descend()
		if d.Torn != 1 || a.Mirror()[0] != *whole(1) || a.Mirror()[1] != *whole(3) {
			t.Fatalf("%+v", d)
		}
		if i > 0 && (d.Chunks != 0 || d.Updated != 0) {
			t.Fatalf("a halted writer keeps its chunk busy: %+v", d)
		}
	}
	release()
	d := a.Descend()
	wantRanges(t, d, Range{0, 1})
	if d.Torn != 0 || a.Mirror()[0] != *whole(2) {
		t.Fatal("the value did not arrive")
	}
	if d := a.Descend(); d.Torn+d.Chunks+d.Updated != 0 {
		t.Fatalf("still something to do: %+v", d)
	}

	// A value that cannot be read fails before the version goes odd.
	span := allocSpan(t, a, 1, *whole(4))
	mustPanic(t, "nil pointer", func() { s.Store(nil) })
	mustPanic(t, "nil pointer", func() { span.Set(0, nil) })
	b := newGoMats(t, Config[goMat]{})
	bs, bspan := alloc(t, b, goMatOf(1)), allocSpan(t, b, 1, goMatOf(1))
	mustPanic(t, "nil pointer", func() { bs.Store(nil) })
	mustPanic(t, "nil pointer", func() { bspan.Set(0, nil) })
	for _, c := range []*chunk{a.chunks[0].Load(), b.chunks[0].Load()} {
		for i := range c.versions {
			if c.versions[i].Load()&1 != 0 {
				t.Fatal("a failed Store left its version odd")
			}
		}
	}
}

func TestPromise11FullIsAnError(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 100})
	span := allocSpan(t, a, 99, mat{})
	if _, err := a.AllocSpan(2, mat{}); err != ErrFull {
		t.Fatalf("error %v", err)
	}
	s := alloc(t, a, mat{})
	if _, err := a.Alloc(mat{}); err != ErrFull {
		t.Fatalf("error %v", err)
	}
	if _, err := a.AllocSpan(math.MaxInt, mat{}); err != ErrFull {
		t.Fatalf("error %v", err)
	}
	if a.Len() != 100 || a.HighWater() != 100 || a.Cap() != 100 {
		t.Fatal("a failed Alloc left a trace")
	}
	s.Free()
	if got := alloc(t, a, mat{}).Index(); got != 99 {
		t.Fatalf("index %d", got)
	}
	mustPanic(t, "no such slot", func() { span.Set(99, whole(1)) })
	mustPanic(t, "no such slot", func() { span.Set(-1, whole(1)) })
	mustPanic(t, "no such slot", func() { Span[mat]{}.Set(0, whole(1)) })
	mustPanic(t, "no slots 98 to 99 in a span of 99 slots", func() { span.StoreRange(98, make([]mat, 2)) })
	mustPanic(t, "span of 99", func() { span.StoreRange(-1, make([]mat, 2)) })
	mustPanic(t, "span of 99", func() { span.StoreRange(math.MaxInt, make([]mat, 2)) })
	mustPanic(t, "StoreAll of 98 values in a span of 99 slots", func() { span.StoreAll(make([]mat, 98)) })
	mustPanic(t, "span of 99", func() { span.Index(99) })
	mustPanic(t, "no slots 0 to 0 in a span of 0 slots", func() { Span[mat]{}.StoreRange(0, make([]mat, 1)) })
	mustPanic(t, "no slots 1 to 0 in a span of 0 slots", func() { Span[mat]{}.StoreRange(1, nil) })
	if none := (Span[mat]{}); none.StoreAll(nil) || none.StoreRange(0, nil) {
		t.Fatal("the zero Span is not stale")
	}
	mustPanic(t, "zero Slot", func() { Slot[mat]{}.Index() })
	mustPanic(t, "use 1 or more", func() { a.AllocSpan(0, mat{}) })
	a.reading.Store(true)
	mustPanic(t, "one reader", func() { a.Descend() })
	a.reading.Store(false)
}

func TestPromise12ZeroAllocations(t *testing.T) {
	a := newMats(t, Config[mat]{})
	b := newGoMats(t, Config[goMat]{})
	s, span := alloc(t, a, mat{}), allocSpan(t, a, 1500, mat{})
	bs, bspan := alloc(t, b, goMat{}), allocSpan(t, b, 1500, goMat{})
	vs, bvs := make([]mat, 1500), make([]goMat, 1500)
	v, bv := whole(1), goMatOf(1)
	a.Descend()
	b.Descend()
	for name, f := range map[string]func(){
		"Store":      func() { s.Store(v); bs.Store(&bv) },
		"Set":        func() { span.Set(7, v); bspan.Set(7, &bv) },
		"Flush":      func() { span.Flush(); bspan.Flush() },
		"StoreAll":   func() { span.StoreAll(vs); bspan.StoreAll(bvs) },
		"StoreRange": func() { span.StoreRange(5, vs[:100]); bspan.StoreRange(5, bvs[:100]) },
		"Descend all": func() {
			span.StoreAll(vs)
			bspan.StoreAll(bvs)
			a.Descend()
			b.Descend()
		},
		"Descend scattered": func() {
			for i := 0; i < 1500; i += 2 {
				span.Set(i, v)
				bspan.Set(i, &bv)
			}
			span.Flush()
			bspan.Flush()
			a.Descend()
			b.Descend()
		},
		"Descend torn": func() {
			version, _ := s.chunk.enter(s.at, s.gen)
			a.Descend()
			s.chunk.leave(s.at, version)
			a.Descend()
		},
		"Mirror": func() { a.Mirror() },
	} {
		f() // warm up
		if n := testing.AllocsPerRun(20, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func TestPromise13AnyPointerFreeType(t *testing.T) {
	t.Parallel()
	type record struct {
		R, G, B, A uint8
		ID         int32
	}
	roundTrip[uint32](t, 1, 2, 3)
	roundTrip(t, record{R: 1}, record{G: 9, ID: -5}, record{A: 7, ID: 5})
	roundTrip(t, goMatOf(1), goMatOf(2), goMatOf(3))
	roundTrip(t, *whole(1), *whole(2), *whole(3))
	roundTrip(t, [5]uint64{1}, [5]uint64{2, 3}, [5]uint64{4, 5, 6, 7, 1 << 60})
	roundTrip(t, [25]float32{1}, [25]float32{24: 2}, [25]float32{3})
	roundTrip(t, [16]complex128{1}, [16]complex128{15: 2i}, [16]complex128{3})
	for _, err := range []error{
		second(New(Config[*int]{})), second(New(Config[string]{})), second(New(Config[[4]any]{})),
		second(New(Config[struct{ a, b []int }]{})), second(New(Config[map[int]int]{})), second(New(Config[func()]{})),
		second(New(Config[chan int]{})), second(New(Config[unsafe.Pointer]{})),
		second(New(Config[uint16]{})), second(New(Config[[6]byte]{})), second(New(Config[struct{}]{})),
		second(New(Config[mat]{ChunkSlots: 32})), second(New(Config[mat]{ChunkSlots: 100})), second(New(Config[mat]{ChunkSlots: -64})),
		second(New(Config[mat]{MaxSlots: -1})), second(New(Config[mat]{MaxSlots: math.MaxInt})),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "arena: new: ") {
			t.Errorf("error %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// A T of bytes may lie at any address: a field behind a flag.
func TestValuesAtOddAddresses(t *testing.T) {
	t.Parallel()
	odd[[4]byte](t)
	odd[[12]byte](t)
	odd[[16]byte](t)
	odd[[64]byte](t)
	odd[[80]byte](t)
	odd[[5000]byte](t)
}

func odd[T comparable](t *testing.T) {
	t.Helper()
	a, err := New(Config[T]{ChunkSlots: 64, MaxSlots: 100})
	if err != nil {
		t.Fatal(err)
	}
	g := a.NewGroup()
	slot, span := alloc(t, a, *new(T)), allocSpan(t, a, 21, *new(T))
	member, err := g.AllocSpan(21, *new(T))
	if err != nil {
		t.Fatal(err)
	}
	for shift := range 8 {
		size := int(unsafe.Sizeof(*new(T)))
		bytes := make([]byte, 8+21*size)
		for i := range bytes {
			bytes[i] = byte(i*7 + shift)
		}
		vs := unsafe.Slice((*T)(unsafe.Pointer(&bytes[shift])), 21)
		want := slices.Concat(vs[3:4], vs, vs)
		slot.Store(&vs[3])
		span.StoreAll(vs)
		span.Set(5, &vs[6])
		span.Flush()
		member.StoreAll(vs)
		member.Set(5, &vs[6])
		want[6], want[27] = vs[6], vs[6]
		g.Commit(Tick{})
		a.Descend()
		if !slices.Equal(a.Mirror(), want) {
			t.Fatalf("%T, %d bytes off: the mirror differs", vs[0], shift)
		}
		if !slot.Load(&vs[0]) || !span.Load(4, &vs[1]) || vs[0] != want[0] || vs[1] != want[5] {
			t.Fatalf("%T, %d bytes off: Load", vs[0], shift)
		}
	}
}

func roundTrip[T comparable](t *testing.T, x, y, hidden T) {
	t.Helper()
	a, err := New(Config[T]{ChunkSlots: 64, MaxSlots: 200, Hidden: hidden})
	if err != nil {
		t.Fatal(err)
	}
	s, span := alloc(t, a, x), allocSpan(t, a, 150, x)
	a.Descend()
	want := slices.Repeat([]T{x}, 151)
	check := func(what string) {
		t.Helper()
		a.Descend()
		if !slices.Equal(a.Mirror(), want) {
			t.Fatalf("%T, %s: mirror differs", x, what)
		}
	}
	check("initial")
	s.Store(&y)
	want[0] = y
	check("Store")
	span.Set(100, &y)
	span.Flush()
	want[101] = y
	check("Set")
	span.StoreRange(20, slices.Repeat([]T{y}, 77))
	copy(want[21:], slices.Repeat([]T{y}, 77))
	check("StoreRange")
	s.Free()
	want[0] = hidden
	check("Free")
}
