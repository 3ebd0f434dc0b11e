package upload_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// BenchmarkRules times Auto beside the rules by which others decide how to upload, side by side on the same changes.
// Each rule goes as far as it can through this package's own code, so that the rules differ and not the code:
//
//	bevy    Bevy's AtomicSparseBufferVec (pull requests 23242 and 24078): if more than 15% of the elements changed, the
//	        whole buffer in one write, otherwise a compute shader scatters the changed ones. It is Full or Scatter.
//	godot   Godot's MultiMesh (mesh_storage.cpp): the buffer is divided into regions of 512. If more than 32 or more
//	        than half of them have changes, the whole buffer, otherwise one write for each region with a change.
//	whole   a program that writes everything in each frame with a change, by the binding's WriteBuffer
func BenchmarkRules(b *testing.B) {
	_, _, points := benchmarkPoints(b, func(s *scene) []contender {
		auto, bevy := s.uploader(upload.Auto), s.uploader(upload.Auto)
		godot, whole := s.buffer(), s.buffer()
		return []contender{
			{"auto", func(arena.Delta) sample { return s.upload(auto) }},
			{"bevy", func(d arena.Delta) sample {
				strategy := upload.Scatter
				if 100*d.Updated > 15*d.HighWater {
					strategy = upload.Full
				}
				upload.SetStrategy(bevy, strategy)
				return s.upload(bevy)
			}},
			{"godot", func(d arena.Delta) sample { return s.writeRegions(godot, d) }},
			{"whole", func(d arena.Delta) sample { return s.write(whole, arena.Range{Count: d.HighWater}) }},
		}
	})
	for _, rule := range []string{"bevy", "godot", "whole"} {
		same := 0
		var differ []point
		for _, p := range points {
			if p.Took[rule].sameCalls(p.Took["auto"]) {
				same++
				continue
			}
			p.Ratio = p.Took[rule].Micros / p.Took["auto"].Micros
			differ = append(differ, p)
		}
		if len(differ) == 0 {
			continue
		}
		slices.SortFunc(differ, func(p, q point) int { return cmp.Compare(p.Ratio, q.Ratio) })
		worst, median, best := differ[0], differ[len(differ)/2], differ[len(differ)-1]
		b.Logf("%s over auto: same calls on %d of %d points; on the others worst %.2f (%s), median %.2f, best %.2f (%s)",
			rule, same, len(points), worst.Ratio, worst.name(), median.Ratio, best.Ratio, best.name())
		for _, p := range differ {
			if p.Ratio < 0.95 {
				b.Logf("  auto is slower: %s: auto %.0f µs, %s %.0f µs", p.name(), p.Took["auto"].Micros, rule, p.Took[rule].Micros)
			}
		}
	}
}

// writeRegions uploads d as Godot's MultiMesh does.
func (s *scene) writeRegions(to *wgpu.Buffer, d arena.Delta) (total sample) {
	const size = 512
	var dirty []int
	for _, r := range d.Ranges {
		for region := r.First / size; region <= (r.End()-1)/size; region++ {
			if len(dirty) == 0 || dirty[len(dirty)-1] < region {
				dirty = append(dirty, region)
			}
		}
	}
	if regions := (d.HighWater + size - 1) / size; len(dirty) > 32 || len(dirty) > regions/2 {
		return s.write(to, arena.Range{Count: d.HighWater})
	}
	for _, region := range dirty {
		wrote := s.write(to, arena.Range{First: region * size, Count: min(size, d.HighWater-region*size)})
		total.Calls += wrote.Calls
		total.Bytes += wrote.Bytes
	}
	return total
}
