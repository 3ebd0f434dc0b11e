package arena

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

var hammerOps = flag.Int("hammer", 4000, "operations of each goroutine in hammer tests; raise it for a long run")

// A kind is a type of slot to hammer: how to make a value that is whole, and how
// to tell.
type kind[T comparable] struct {
	of func(float32) T
	at func(*T) float32
}

var (
	mats      = kind[mat]{func(x float32) mat { return *whole(x) }, func(m *mat) float32 { return m[0] }}
	goMats    = kind[goMat]{goMatOf, func(m *goMat) float32 { return m[0] }}
	instances = kind[instance]{instanceOf, func(m *instance) float32 { return m[0] }}
)

// hammer has goroutines write rising values to slots of their own, to a span,
// and to a slot that all share, through store, while a reader looks at
// everything that Descend reports. It returns what was torn, went backward or was
// lost.
func hammer[T comparable](k kind[T], procs, goroutines, ops int, store func(Slot[T], *T)) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	const own, run = 8, 40
	a, err := New(Config[T]{ChunkSlots: 64, MaxSlots: 64 * goroutines})
	if err != nil {
		return err
	}
	shared, err := a.Alloc(k.of(0))
	if err != nil {
		return err
	}
	last := make([]float32, a.Cap()) // by index; each written by one goroutine
	var wg sync.WaitGroup
	for range goroutines {
		var slots [own]Slot[T]
		for i := range slots {
			slots[i], _ = a.Alloc(k.of(0))
		}
		span, err := a.AllocSpan(run, k.of(0))
		if err != nil {
			return err
		}
		wg.Go(func() {
			vs := make([]T, run/2)
			for op := 1; op <= ops; op++ {
				x := float32(op)
				v := k.of(x)
				store(slots[op%own], &v)
				last[slots[op%own].Index()] = x
				shared.Store(&v)
				i := op % (run / 2)
				span.Set(i, &v)
				last[span.Index(i)] = x
				switch op % 16 {
				case 3:
					span.Flush()
				case 7:
					for j := range vs {
						vs[j] = v
						last[span.Index(run/2+j)] = x
					}
					span.StoreRange(run/2, vs)
				case 11:
					runtime.Gosched()
				}
			}
			span.Flush()
			v := k.of(float32(ops + 1)) // the very last write, with no other behind it
			store(slots[0], &v)
			last[slots[0].Index()] = float32(ops + 1)
		})
	}
	shown := make([]float32, a.Cap())
	look := func() error {
		for _, r := range a.Descend().Ranges {
			for i := r.First; i < r.First+r.Count; i++ {
				m := &a.Mirror()[i]
				x := k.at(m)
				if *m != k.of(x) {
					return fmt.Errorf("slot %d is torn: %v", i, *m)
				}
				if x < shown[i] && i != shared.Index() {
					return fmt.Errorf("slot %d went back from %v to %v", i, shown[i], x)
				}
				shown[i] = x
			}
		}
		return nil
	}
	var done atomic.Bool
	readerGone.Store(false)
	go func() { wg.Wait(); done.Store(true) }()
	for !done.Load() && err == nil {
		err = look()
		runtime.Gosched()
	}
	readerGone.Store(true)
	wg.Wait()
	if err == nil {
		err = look()
	}
	if err == nil && shown[shared.Index()] != float32(ops) {
		err = fmt.Errorf("the shared slot shows %v of %d", shown[shared.Index()], ops)
	}
	shown[shared.Index()] = 0
	if err == nil && !slices.Equal(shown, last) {
		err = fmt.Errorf("lost: shown %v, last %v", shown, last)
	}
	return err
}

// readerGone tells broken writers that wait for the reader that hammer's will not
// come by any more.
var readerGone atomic.Bool

func TestHammer(t *testing.T) {
	ops := *hammerOps
	if raceEnabled {
		ops /= 8
	}
	for _, procs := range []int{1, 2, 4, 8} {
		for _, goroutines := range []int{1, 3, 8} {
			t.Run(fmt.Sprintf("procs=%d,goroutines=%d", procs, goroutines), func(t *testing.T) {
				if err := hammer(mats, procs, goroutines, ops, func(s Slot[mat], v *mat) { s.Store(v) }); err != nil {
					t.Error("64 bytes:", err)
				}
				if err := hammer(goMats, procs, goroutines, ops, func(s Slot[goMat], v *goMat) { s.Store(v) }); err != nil {
					t.Error("52 bytes:", err)
				}
				if err := hammer(instances, procs, goroutines, ops, func(s Slot[instance], v *instance) { s.Store(v) }); err != nil {
					t.Error("80 bytes:", err)
				}
			})
		}
	}
}

// The same hammer must find a writer that breaks a rule, or it proves nothing.
func TestHammerFindsBrokenWriters(t *testing.T) {
	half := func(c *chunk, at uint32, v unsafe.Pointer, from, to uintptr) {
		slot := unsafe.Add(c.values, uintptr(at)*c.size)
		for i := from; i < to; i += 4 {
			atomic.StoreUint32((*uint32)(unsafe.Add(slot, i)), *(*uint32)(unsafe.Add(v, i)))
		}
	}
	for name, broken := range map[string]func(c *chunk, at uint32, v unsafe.Pointer){
		"the version stays even": func(c *chunk, at uint32, v unsafe.Pointer) {
			half(c, at, v, 0, c.size/8*4)
			c.versions[at].Add(2)
			c.mark()
			runtime.Gosched()
			half(c, at, v, c.size/8*4, c.size)
		},
		"the mark comes first": func(c *chunk, at uint32, v unsafe.Pointer) {
			c.mark()
			for c.dirty.Load()&c.bit != 0 && !readerGone.Load() {
				runtime.Gosched() // until the reader has come by
			}
			version := c.versions[at].Load()
			c.versions[at].Store(version + 1)
			c.put(at, v)
			c.leave(at, version)
		},
		"the version is even before the payload": func(c *chunk, at uint32, v unsafe.Pointer) {
			c.versions[at].Add(1)
			c.mark()
			c.versions[at].Add(1)
			runtime.Gosched()
			c.put(at, v)
		},
	} {
		t.Run(name, func(t *testing.T) {
			find := func(try func() error) {
				t.Helper()
				for range 5000 {
					if err := try(); err != nil {
						return
					}
				}
				t.Error("not found")
			}
			find(func() error {
				return hammer(mats, 4, 3, 200, func(s Slot[mat], v *mat) { broken(s.chunk, s.at, unsafe.Pointer(v)) })
			})
			find(func() error {
				return hammer(goMats, 4, 3, 200, func(s Slot[goMat], v *goMat) { broken(s.chunk, s.at, unsafe.Pointer(v)) })
			})
		})
	}
}

// The Go path with every critical window stretched.
func TestHammerWindows(t *testing.T) {
	var n atomic.Uint32
	hook = func() {
		if n.Add(1)%3 == 0 {
			runtime.Gosched()
		}
	}
	defer func() { hook = nil }()
	if err := hammer(goMats, 4, 4, 1000, func(s Slot[goMat], v *goMat) { s.Store(v) }); err != nil {
		t.Error(err)
	}
}

// Slots come and go while others write and the reader reads.
func TestHammerTopology(t *testing.T) {
	t.Parallel()
	a := newMats(t, Config[mat]{ChunkSlots: 64, MaxSlots: 2000, Hidden: *whole(-1)})
	ops := *hammerOps / 8
	var done atomic.Int32
	const goroutines = 3
	for g := range goroutines {
		go func() {
			defer done.Add(1)
			var slots []Slot[mat]
			for i := range ops {
				switch {
				case i%3 < 2 && len(slots) < 300 || len(slots) == 0:
					s, err := a.Alloc(*whole(1))
					if err != nil {
						t.Error(err)
						return
					}
					s.Store(whole(float32(2 + g)))
					slots = append(slots, s)
				default:
					if err := slots[0].Free(); err != nil {
						t.Error(err)
					}
					if slots[0].Store(whole(-99)) {
						t.Error("stored through a freed handle")
					}
					slots = slots[1:]
				}
				span, err := a.AllocSpan(1+i%100, *whole(1))
				if err != nil {
					t.Error(err)
					return
				}
				for j := range span.Len() {
					span.Set(j, whole(float32(2+g)))
				}
				span.Flush()
				if err := span.Free(); err != nil {
					t.Error(err)
				}
			}
			for _, s := range slots {
				s.Free()
			}
		}()
	}
	for stop := false; !stop; {
		giveWay()
		stop = done.Load() == goroutines
		d := a.Descend()
		for i, m := range a.Mirror()[:d.HighWater] {
			if m != *whole(m[0]) || m[0] != -1 && (m[0] < 1 || m[0] > 1+goroutines) {
				t.Fatalf("slot %d shows %v", i, m)
			}
		}
		runtime.Gosched()
	}
	for i, m := range a.Mirror() {
		if m != *whole(-1) {
			t.Fatalf("all are free, slot %d shows %v", i, m)
		}
	}
	if a.Len() != 0 || a.HighWater() != 0 {
		t.Fatal("slots are left")
	}
}
