//go:build linux && cgo

package view

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// numpy moves and turns n bodies 60 times a second. The time of a tick is that of the day when its arrays were ready.
const numpy = `
import numpy as np
n, tick = int(sys.argv[2]), 0
i = np.arange(n, dtype="f4")
place, turn = np.zeros((n, 3), "f4"), np.zeros((n, 4), "f4")
w = slotstream.Writer("numpy", n, address=sys.argv[1])
begun = time.monotonic()
while True:
    a = i + tick / 50
    place[:, 0], place[:, 1], place[:, 2] = np.sqrt(i) * np.cos(a), 1 + i % 7, np.sqrt(i) * np.sin(a)
    turn[:, 0], turn[:, 2] = np.cos(a), np.sin(a)
    now = time.time()
    w.poses(place, turn)
    tick += 1
    w.commit(tick, now)
    time.sleep(max(begun + tick / 60 - time.monotonic(), 0))
`

// BenchmarkNumpy is the whole way from arrays of numpy, in another process, to pixels: frame-ms is what a frame takes,
// and age-ms how old the tick that it shows is when the frame is done, counted from when its arrays were ready.
//
//	go test -run '^$' -bench Numpy -benchtime 200x -count 5 ./cmd/slotview/internal/view
func BenchmarkNumpy(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			target, newScene := benchScenes(b)
			address := filepath.Join(b.TempDir(), "s")
			scene := newScene(Config{Shared: true, Address: address, Say: func(string) {}})
			v := scene.Source.(*Viewer)
			v.Run()
			python(b, numpy, address, strconv.Itoa(n))
			for v.Awaited() != nil && b.Context().Err() == nil {
				if err := scene.Update(); err != nil {
					b.Fatal(err)
				}
				time.Sleep(time.Millisecond)
			}
			var frames, ages []float64
			shown := map[uint64]bool{}
			for b.Loop() {
				start := time.Now()
				if err := scene.Update(); err != nil {
					b.Fatal(err)
				}
				scene.Fit(1280, 720)
				if _, err := scene.Draw(target); err != nil {
					b.Fatal(err)
				}
				if err := scene.Renderer.Wait(); err != nil {
					b.Fatal(err)
				}
				frames = append(frames, time.Since(start).Seconds()*1e3)
				last := v.layers[0].parted()[0].last
				if !shown[last.Number] {
					shown[last.Number] = true
					ages = append(ages, float64(time.Now().UnixNano()-int64(last.Time))/1e6)
				}
			}
			slices.Sort(frames)
			slices.Sort(ages)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(frames[len(frames)/2], "frame-ms")
			b.ReportMetric(ages[len(ages)/2], "age-ms")
			b.ReportMetric(ages[len(ages)*99/100], "age-p99-ms")
		})
	}
}
