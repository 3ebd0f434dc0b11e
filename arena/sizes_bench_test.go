package arena

import (
	"fmt"
	"slices"
	"testing"
	"time"
	"unsafe"
)

// BenchmarkSizes writes and reads slots of any size, beside a plain copy of the
// same bytes in the same run.
//
//	go test -run '^$' -bench Sizes -count 5 ./arena
func BenchmarkSizes(b *testing.B) {
	benchSize[[16]byte](b)
	benchSize[[8]float32](b)
	benchSize[[12]float32](b)
	benchSize[mat](b)
	benchSize[instance](b)
	benchSize[[24]float32](b)
	benchSize[[32]float32](b)
	benchSize[[64]float32](b)
	benchSize[goMat](b) // by Go
}

func benchSize[T any](b *testing.B) {
	for _, n := range []int{1024, 100_000} {
		b.Run(fmt.Sprintf("bytes=%d/slots=%d", unsafe.Sizeof(*new(T)), n), func(b *testing.B) {
			a, err := New(Config[T]{})
			if err != nil {
				b.Fatal(err)
			}
			span := allocSpan(b, a, n, *new(T))
			slots := make([]Slot[T], min(n, 1024))
			for i := range slots {
				slots[i] = alloc(b, a, *new(T))
			}
			vs, dst, mirror := make([]T, n), make([]T, n), make([]T, n)
			for i := range vs { // touch the pages
				vs[i], dst[i], mirror[i] = *new(T), *new(T), *new(T)
			}
			span.StoreAll(vs)
			a.Descend()
			steps := []struct {
				name, base string
				slots      int
				f          func()
			}{
				{"copy", "", n, func() { copy(dst, vs) }},
				{"copy-read", "", n, func() { copy(mirror, dst) }},
				{"StoreAll", "copy", n, func() { span.StoreAll(vs) }},
				{"Descend", "copy-read", n, func() { a.Descend() }},
				{"Set", "copy", n, func() {
					for i := range vs {
						span.Set(i, &vs[i])
					}
					span.Flush()
				}},
				{"", "", n, func() { a.Descend() }},
				{"Store", "copy", len(slots), func() {
					for i := range slots {
						slots[i].Store(&vs[i])
					}
				}},
				{"", "", n, func() { a.Descend() }},
			}
			times := make([][]float64, len(steps))
			for range max(b.N, 20) {
				for i, s := range steps {
					start := time.Now()
					s.f()
					times[i] = append(times[i], float64(time.Since(start).Nanoseconds())/float64(s.slots))
				}
			}
			medians := map[string]float64{}
			for i, s := range steps {
				slices.Sort(times[i])
				medians[s.name] = times[i][len(times[i])/2]
			}
			b.ReportMetric(medians["copy"], "copy-ns")
			b.ReportMetric(medians["copy-read"], "copy-read-ns")
			b.ReportMetric(medians["StoreAll"]/medians["copy"], "StoreAll-x")
			b.ReportMetric(medians["Descend"]/medians["copy-read"], "Descend-x")
			b.ReportMetric(medians["Set"]-medians["copy"], "Set-ns-over-copy")
			b.ReportMetric(medians["Store"], "Store-ns")
			b.ReportMetric(0, "ns/op")
		})
	}
}
