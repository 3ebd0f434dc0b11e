//go:build amd64 && !race && !purego

package arena

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// forms runs f with each form of the kernels that this machine has.
func forms(t *testing.T, f func(t *testing.T)) {
	has := avx2
	defer func() { avx2 = has }()
	for _, avx2 = range []bool{false, true} {
		name := "SSE2"
		if avx2 {
			name = "AVX2"
		}
		if avx2 && !has {
			t.Log("no AVX2 here")
			continue
		}
		t.Run(name, f)
	}
}

// Two arenas go through the same random history, one by kernels, one by their
// twins in Go; every byte of both must agree after every step.
func TestKernelsEqualTwins(t *testing.T) {
	t.Parallel()
	equalTwins[[4]uint32](t)
	equalTwins[[8]uint32](t)
	equalTwins[[12]uint32](t)
	equalTwins[[16]uint32](t)
	equalTwins[[20]uint32](t)
	equalTwins[[24]uint32](t)
	equalTwins[[28]uint32](t)
	equalTwins[[32]uint32](t)
	equalTwins[[36]uint32](t)
	equalTwins[[60]uint32](t)
	equalTwins[[64]uint32](t)
}

func equalTwins[T comparable](t *testing.T) {
	size := unsafe.Sizeof(*new(T))
	random := func(rng *rand.Rand) (v T) {
		words := unsafe.Slice((*uint32)(unsafe.Pointer(&v)), size/4)
		for i := range words {
			words[i] = rng.Uint32()
		}
		return v
	}
	t.Run(fmt.Sprint(size), func(t *testing.T) {
		forms(t, func(t *testing.T) {
			for seed := range uint64(12) {
				rng := rand.New(rand.NewPCG(seed, 1))
				var arenas [2]*Arena[T]
				var slots [2][]Slot[T]
				var spans [2]Span[T]
				first := random(rng)
				for k := range arenas {
					var err error
					arenas[k], err = New(Config[T]{ChunkSlots: 64 << (seed % 3), MaxSlots: 2000, Hidden: first})
					if err != nil {
						t.Fatal(err)
					}
					for range 30 + int(seed) {
						slots[k] = append(slots[k], alloc(t, arenas[k], first))
					}
					spans[k] = allocSpan(t, arenas[k], 700, first)
					for i := range arenas[k].chunks {
						if c := arenas[k].chunks[i].Load(); c != nil {
							if !c.fast {
								t.Fatal("no kernel fits")
							}
							c.fast = k == 0
						}
					}
				}
				for step := range 300 {
					vs := make([]T, rng.IntN(300))
					for i := range vs {
						vs[i] = random(rng)
					}
					v := random(rng)
					op, i, n := rng.IntN(7), rng.IntN(len(slots[0])), rng.IntN(400)
					var got [2]any
					for k, a := range arenas {
						s, span := &slots[k][i], spans[k]
						switch op {
						case 0:
							got[k] = s.Store(&v)
						case 1:
							got[k] = span.Set(n, &v)
						case 2:
							span.Flush()
						case 3:
							got[k] = span.StoreRange(n, vs)
						case 4: // a version near the end of its range; a writer inside
							c, at := a.place(n &^ 1)
							c.versions[at].Store(uint32(-2 - n%2*2))
							c.versions[at+1].Store(c.versions[at+1].Load() | 1)
							c.mark()
							got[k] = fmt.Sprint(a.Descend())
							c.versions[at+1].Add(1)
						case 5:
							got[k] = fmt.Sprint(a.Descend())
						case 6:
							old := *s
							old.Free()
							got[k] = old.Store(&v)
							*s = alloc(t, a, v)
						}
					}
					if got[0] != got[1] {
						t.Fatalf("seed %d, step %d, op %d: %v and %v", seed, step, op, got[0], got[1])
					}
					sameState(t, arenas[0], arenas[1])
				}
			}
		})
	})
}

func sameState[T comparable](t *testing.T, a, b *Arena[T]) {
	t.Helper()
	if !slices.Equal(a.mirror, b.mirror) || a.dirty[0].Load() != b.dirty[0].Load() || !slices.Equal(a.again, b.again) {
		t.Fatal("mirror or bitmap differ")
	}
	for i := range a.chunks {
		c, d := a.chunks[i].Load(), b.chunks[i].Load()
		if c == nil {
			continue
		}
		for at := range c.versions {
			if c.versions[at].Load() != d.versions[at].Load() || c.gens[at].Load() != d.gens[at].Load() {
				t.Fatalf("chunk %d, slot %d: versions or generations differ", i, at)
			}
		}
		if !slices.Equal(c.seen, d.seen) || !slices.Equal(c.seenGen, d.seenGen) || !slices.Equal(c.torn, d.torn) ||
			!slices.Equal(unsafe.Slice((*T)(c.values), a.slots), unsafe.Slice((*T)(d.values), a.slots)) {
			t.Fatalf("chunk %d differs", i)
		}
	}
}

func TestCompareKernels(t *testing.T) {
	forms(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 4))
		for range 200 {
			a := newMats(t, Config[mat]{ChunkSlots: 256, MaxSlots: 256})
			a.grow(0, 1)
			c, _ := a.place(0)
			want := make([]uint64, 4)
			for i := range c.versions {
				v := rng.Uint32()
				c.versions[i].Store(v)
				c.seen[i] = v
				switch rng.IntN(8) {
				case 0:
					c.seen[i] = rng.Uint32()
				case 1:
					c.seen[i] ^= 1 << rng.IntN(32)
				}
				if c.seen[i] != v {
					want[i/64] |= 1 << (i % 64)
				}
			}
			got := make([]uint64, 4)
			c.compareFast(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%x, want %x", got, want)
			}
		}
	})
}

// Stores that go past the caches land like others.
func TestStream(t *testing.T) {
	t.Parallel()
	stream(t, func(x float32) mat { return *whole(x) })
	stream(t, instanceOf)
}

func stream[T comparable](t *testing.T, of func(float32) T) {
	const n = 300000
	a, err := New(Config[T]{MaxSlots: n})
	if err != nil {
		t.Fatal(err)
	}
	s := allocSpan(t, a, n, of(0))
	a.Descend()
	vs := make([]T, n)
	for i := range vs {
		vs[i] = of(float32(i))
	}
	s.StoreAll(vs)
	vs[200000] = of(-1)
	s.Set(200000, &vs[200000]) // and one among them on its own
	a.Descend()
	if !slices.Equal(a.Mirror(), vs) {
		t.Fatal("mirror differs")
	}
	if kernels && !a.streamed {
		t.Fatal("nothing went past the caches")
	}
	for i := 0; i < n; i += 100 { // few and far between: by way of the caches
		vs[i] = of(float32(-i))
		s.Set(i, &vs[i])
	}
	s.Flush()
	if d := a.Descend(); d.Updated != (n+99)/100 || !slices.Equal(a.Mirror(), vs) {
		t.Fatal("mirror differs")
	}
	if a.streamed {
		t.Fatal("few slots went past the caches")
	}
}
