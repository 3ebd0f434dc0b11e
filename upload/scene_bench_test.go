package upload_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

var (
	matrixSlots    = []int{10_000, 100_000, 1_000_000}
	matrixDirty    = []float64{0.0001, 0.001, 0.01, 0.1, 1}
	matrixPatterns = []string{"random", "clustered", "strided"}
)

// A contender uploads what a Descend found, and says which calls it made.
type contender struct {
	name   string
	upload func(arena.Delta) sample
}

// benchmarkPoints times contenders on every point of the matrix, and returns the adapter, the costs, and the points.
func benchmarkPoints(b *testing.B, contenders func(*scene) []contender) (adapter string, costs upload.Costs, points []point) {
	device, info := openAdapter(b)
	costs = upload.DefaultCosts(info.AdapterType)
	if *measure {
		var err error
		if costs, err = upload.Measure(device); err != nil {
			b.Fatal(err)
		}
	}
	for _, slots := range matrixSlots {
		var s *scene
		var all []contender
		for _, dirty := range matrixDirty {
			for _, pattern := range matrixPatterns {
				p := point{Slots: slots, Dirty: dirty, Pattern: pattern}
				b.Run(p.name(), func(b *testing.B) {
					if s == nil {
						s = newScene(b, device, slots, costs)
						all = contenders(s)
						s.begin(all)
					}
					p.Frames, p.Took = b.N, s.measure(b, dirty, pattern, all)
				})
				if p.Frames > 0 {
					points = append(points, p)
				}
			}
		}
		if s != nil {
			s.release()
		}
	}
	return info.DriverDescription, costs, points
}

// A scene is one arena whose slots change, and what contenders need.
type scene struct {
	b      testing.TB
	device *wgpu.Device
	queue  *wgpu.Queue
	costs  upload.Costs
	arena  *arena.Arena[mat]
	span   arena.Span[mat]
	rng    *rand.Rand
	free   []func()
}

func newScene(b testing.TB, d *wgpu.Device, slots int, c upload.Costs) *scene {
	s := &scene{b: b, device: d, queue: d.GetQueue(), costs: c, arena: newArena(b, arena.Config[mat]{MaxSlots: slots}), rng: rand.New(rand.NewPCG(7, 7))}
	var err error
	if s.span, err = s.arena.AllocSpan(slots, mat{}); err != nil {
		b.Fatal(err)
	}
	return s
}

func (s *scene) release() {
	for _, free := range s.free {
		free()
	}
	s.queue.Release()
}

// uploader returns a new uploader of the scene's arena.
func (s *scene) uploader(strategy upload.Strategy) *upload.Uploader[mat] {
	u, err := upload.New(s.device, s.arena, upload.Config{Strategy: strategy, Costs: s.costs})
	if err != nil {
		s.b.Fatal(err)
	}
	s.free = append(s.free, u.Release)
	return u
}

// upload is one Upload.
func (s *scene) upload(u *upload.Uploader[mat]) sample {
	stats, err := u.Upload()
	if err != nil {
		s.b.Fatal(err)
	}
	return sample{Calls: stats.Calls, Submits: stats.Submits, Bytes: stats.Bytes}
}

// buffer returns a new buffer that holds all slots, for contenders without an uploader.
func (s *scene) buffer() *wgpu.Buffer {
	buffer, err := s.device.CreateBuffer(&wgpu.BufferDescriptor{
		Size: uint64(s.span.Len()) * uint64(unsafe.Sizeof(mat{})), Usage: wgpu.BufferUsageStorage | wgpu.BufferUsageCopyDst})
	if err != nil {
		s.b.Fatal(err)
	}
	s.free = append(s.free, buffer.Release)
	return buffer
}

// write writes r of the mirror to a buffer, by the binding's own WriteBuffer.
func (s *scene) write(to *wgpu.Buffer, r arena.Range) sample {
	bytes := arena.Bytes(s.arena.Mirror()[r.First:r.End()])
	if err := s.queue.WriteBuffer(to, uint64(r.First)*uint64(unsafe.Sizeof(mat{})), bytes); err != nil {
		s.b.Fatal(err)
	}
	return sample{Calls: 1, Bytes: len(bytes)}
}

// begin uploads everything once.
func (s *scene) begin(all []contender) {
	delta := s.arena.Descend()
	for _, c := range all {
		c.upload(delta)
	}
	gpu.Wait(s.device)
}

// touch changes a part of the slots: at random, in runs of up to 256, or at equal distances.
func (s *scene) touch(part float64, pattern string, frame int) {
	n := s.span.Len()
	want := max(1, int(float64(n)*part+0.5))
	v := mat{float32(frame)}
	switch pattern {
	case "random":
		for _, i := range s.rng.Perm(n)[:want] {
			s.span.Set(i, &v)
		}
	case "clustered":
		const run = 256
		for want > 0 {
			first, k := s.rng.IntN(n), min(want, run)
			if part == 1 {
				first, k = 0, n
			}
			for i := first; i < min(first+k, n); i++ {
				s.span.Set(i, &v)
			}
			want -= k
		}
	case "strided":
		for i, step := frame%max(1, n/want), max(1, n/want); i < n; i += step {
			s.span.Set(i, &v)
		}
	}
	s.span.Flush()
}

// measure times each contender on b.N frames with the same changes, in random order within each frame.
func (s *scene) measure(b *testing.B, part float64, pattern string, all []contender) map[string]sample {
	took, times := map[string]sample{}, make([][]time.Duration, len(all))
	for frame := range b.N + 1 { // the first warms up
		s.touch(part, pattern, frame)
		delta := s.arena.Descend()
		for _, i := range s.rng.Perm(len(all)) {
			gpu.Wait(s.device) // so that nothing of the contender before is left
			start := time.Now()
			made := all[i].upload(delta)
			gpu.Wait(s.device)
			if d := time.Since(start); frame > 0 {
				times[i] = append(times[i], d)
			}
			took[all[i].name] = made
		}
	}
	for i, c := range all {
		slices.Sort(times[i])
		median := took[c.name]
		median.Micros = float64(times[i][len(times[i])/2].Nanoseconds()) / 1e3
		took[c.name] = median
		b.ReportMetric(median.Micros, c.name+"-µs")
	}
	b.ReportMetric(0, "ns/op") // it would be the sum of all
	return took
}
