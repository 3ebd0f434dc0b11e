//go:build amd64 && !race && !purego

package arena

import (
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
	forms(t, func(t *testing.T) {
		for seed := range uint64(20) {
			rng := rand.New(rand.NewPCG(seed, 1))
			var arenas [2]*Arena[mat]
			var slots [2][]Slot[mat]
			var spans [2]Span[mat]
			for k := range arenas {
				arenas[k] = newMats(t, Config[mat]{ChunkSlots: 64 << (seed % 3), MaxSlots: 2000, Hidden: *whole(-7)})
				for range 30 + int(seed) {
					slots[k] = append(slots[k], alloc(t, arenas[k], *whole(1)))
				}
				spans[k] = allocSpan(t, arenas[k], 700, *whole(2))
				for i := range arenas[k].chunks {
					if c := arenas[k].chunks[i].Load(); c != nil {
						c.fast = c.fast && k == 0
					}
				}
			}
			for step := range 300 {
				vs := make([]mat, rng.IntN(300))
				for i := range vs {
					for j := range vs[i] {
						vs[i][j] = rng.Float32()
					}
				}
				op, i, n := rng.IntN(7), rng.IntN(len(slots[0])), rng.IntN(400)
				var got [2]any
				for k, a := range arenas {
					s, span := &slots[k][i], spans[k]
					switch op {
					case 0:
						got[k] = s.Store(whole(float32(step)))
					case 1:
						got[k] = span.Set(n, whole(float32(step)))
					case 2:
						span.Flush()
					case 3:
						got[k] = span.StoreRange(n, vs)
					case 4: // a version near the end of its range; a writer inside
						c, at := a.place(n &^ 1)
						c.versions[at].Store(uint32(-2 - n%2*2))
						c.versions[at+1].Store(c.versions[at+1].Load() | 1)
						c.mark()
						d := a.Descend()
						got[k] = []any{d, slices.Clone(d.Ranges)}
						c.versions[at+1].Add(1)
					case 5:
						d := a.Descend()
						got[k] = d.Updated + d.Torn<<16
					case 6:
						old := *s
						a.Free(old)
						got[k] = old.Store(whole(9))
						*s = alloc(t, a, *whole(float32(step)))
					}
				}
				if op == 4 {
					if x, y := got[0].([]any), got[1].([]any); !slices.Equal(x[1].([]Range), y[1].([]Range)) ||
						x[0].(Delta).Torn != y[0].(Delta).Torn || x[0].(Delta).Chunks != y[0].(Delta).Chunks {
						t.Fatalf("seed %d, step %d: %v and %v", seed, step, x, y)
					}
				} else if got[0] != got[1] {
					t.Fatalf("seed %d, step %d, op %d: %v and %v", seed, step, op, got[0], got[1])
				}
				sameState(t, arenas[0], arenas[1])
			}
		}
	})
}

func sameState(t *testing.T, a, b *Arena[mat]) {
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
			!slices.Equal(unsafe.Slice((*mat)(c.values), a.slots), unsafe.Slice((*mat)(d.values), a.slots)) {
			t.Fatalf("chunk %d differs", i)
		}
	}
}

func TestCompareKernels(t *testing.T) {
	forms(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 4))
		for range 200 {
			a := newMats(t, Config[mat]{ChunkSlots: 256, MaxSlots: 256})
			c, _ := a.grown(0)
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
	const n = 300000
	a := newMats(t, Config[mat]{MaxSlots: n})
	s := allocSpan(t, a, n, mat{})
	a.Descend()
	vs := benchMats(n)
	s.StoreAll(vs)
	s.Set(200000, whole(-1)) // and one among them on its own
	a.Descend()
	vs[200000] = *whole(-1)
	if !slices.Equal(a.Mirror(), vs) {
		t.Fatal("mirror differs")
	}
	if !a.streaming() {
		t.Fatal("too little to tell")
	}
}
