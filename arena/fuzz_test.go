package arena

import (
	"testing"
)

// FuzzArena drives operations drawn from the input against a map of what each
// index should show. One goroutine, so that everything is exact.
//
//	go test -run '^$' -fuzz FuzzArena ./arena
func FuzzArena(f *testing.F) {
	f.Add([]byte("0a1b2c3d4e5f6g7h8i9jAkBlCmDnEoFp"))
	f.Add([]byte{0, 1, 0, 2, 8, 60, 1, 0, 5, 0, 2, 0, 0, 9, 5, 0, 8, 30, 3, 1, 5, 0, 4, 7, 6, 0, 5, 0, 7, 0, 5, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 4000 {
			return
		}
		fuzz(t, ops, func(x float32) mat { return *whole(x) })
		fuzz(t, ops, goMatOf)
		fuzz(t, ops, instanceOf)
	})
}

func fuzz[T comparable](t *testing.T, ops []byte, value func(float32) T) {
	const limit, hiddenValue = 500, -1
	a, err := New(Config[T]{ChunkSlots: 64, MaxSlots: limit, Hidden: value(hiddenValue)})
	if err != nil {
		t.Fatal(err)
	}
	type slot struct {
		Slot[T]
		live bool
	}
	type spanOf struct {
		Span[T]
		live bool
	}
	var slots []slot
	var spans []spanOf
	used := make(model, limit)
	want := map[int]T{}       // what each index holds
	changed := map[int]bool{} // by index: since the last Descend
	pending := map[int]T{}    // what Set has written and Flush has not published
	stores := float32(0)
	write := func(i int, v T) { want[i] = v; changed[i] = true; delete(pending, i) }

	for len(ops) >= 2 {
		op, arg := ops[0]%10, int(ops[1])
		ops = ops[2:]
		stores++
		v := value(stores)
		switch op {
		case 0:
			s, err := a.Alloc(v)
			i, ok := used.find(1)
			if ok != (err == nil) {
				t.Fatalf("Alloc: %v", err)
			}
			if ok {
				if s.Index() != i {
					t.Fatalf("index %d, want %d", s.Index(), i)
				}
				used[i] = true
				slots = append(slots, slot{s, true})
				write(i, v)
			}
		case 1, 2: // store; free
			if len(slots) == 0 {
				continue
			}
			s := &slots[arg%len(slots)]
			if op == 1 {
				if s.Store(&v) != s.live {
					t.Fatal("Store")
				}
				if s.live {
					write(s.Index(), v)
				}
				continue
			}
			if (s.Slot.Free() == nil) != s.live {
				t.Fatal("Free")
			}
			if s.live {
				s.live, used[s.Index()] = false, false
				write(s.Index(), value(hiddenValue))
			}
		case 8:
			n := 1 + arg%150
			s, err := a.AllocSpan(n, v)
			first, ok := used.find(n)
			if ok != (err == nil) {
				t.Fatalf("AllocSpan: %v", err)
			}
			if ok {
				if s.Index(0) != first {
					t.Fatalf("index %d, want %d", s.Index(0), first)
				}
				used.fill(first, n, true)
				spans = append(spans, spanOf{s, true})
				for i := range n {
					write(first+i, v)
				}
			}
		case 3, 4, 6, 7, 9:
			if len(spans) == 0 {
				continue
			}
			s := &spans[arg%len(spans)]
			n := s.Len()
			switch i := arg * 7 % n; op {
			case 3, 9:
				if s.Set(i, &v) != s.live {
					t.Fatal("Set")
				}
				if s.live {
					pending[s.Index(i)] = v
				}
			case 4, 6:
				vs := make([]T, (n-i)*int(op%4)/2) // none or all
				for k := range vs {
					vs[k] = value(stores + float32(k)/1024)
				}
				if s.StoreRange(i, vs) != s.live {
					t.Fatal("StoreRange")
				}
				if s.live {
					for k := range vs {
						delete(pending, s.Index(i+k))
						write(s.Index(i+k), vs[k])
					}
					flush(s.Span, pending, write)
				}
			case 7:
				if arg%3 > 0 {
					s.Flush()
					if s.live {
						flush(s.Span, pending, write)
					}
					continue
				}
				if (s.Span.Free() == nil) != s.live {
					t.Fatal("Free of a span")
				}
				if s.live {
					s.live = false
					used.fill(s.Index(0), n, false)
					for i := range n {
						write(s.Index(i), value(hiddenValue))
					}
				}
			}
		case 5:
			d := a.Descend()
			if d.Torn != 0 || d.HighWater != used.high() {
				t.Fatalf("%+v, high water %d", d, used.high())
			}
			count, end := 0, -1
			for _, r := range d.Ranges {
				if r.First <= end || r.Count <= 0 {
					t.Fatalf("ranges %v", d.Ranges)
				}
				end = r.First + r.Count
				for i := r.First; i < end; i++ {
					count++
					got := a.Mirror()[i]
					if v, early := pending[i]; early && got == v {
						write(i, v) // Set may show before Flush
					} else if !changed[i] {
						t.Fatalf("slot %d is reported, but has not changed", i)
					}
					if got != want[i] {
						t.Fatalf("slot %d shows %v, want %v", i, got, want[i])
					}
					delete(changed, i)
				}
			}
			if count != d.Updated || len(changed) != 0 {
				t.Fatalf("%d updated, %d reported, missing %v", d.Updated, count, changed)
			}
		}
	}
}

func flush[T any](s Span[T], pending map[int]T, write func(int, T)) {
	for i := range s.Len() {
		if v, ok := pending[s.Index(i)]; ok {
			write(s.Index(i), v)
		}
	}
}
