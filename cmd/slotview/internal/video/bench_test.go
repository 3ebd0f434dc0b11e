//go:build unix

package video_test

import (
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/slotstream/slotstream/cmd/slotview/internal/video"
)

// BenchmarkFrame encodes 90 frames of 1,280×720 that pan over the demo's picture, beside a program that only reads
// them. "x-30fps" is how many times faster than real time it is at 30 frames a second.
func BenchmarkFrame(b *testing.B) {
	file, err := os.Open("../../../bouncingcubes/testdata/cubes.png")
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		b.Fatal(err)
	}
	all := image.NewNRGBA(img.Bounds())
	draw.Draw(all, all.Rect, img, image.Point{}, draw.Src)
	for _, name := range []string{"read.mp4", "a.mp4", "a.webm", "a.gif", "folder/"} {
		b.Run(name, func(b *testing.B) {
			if name == "read.mp4" {
				b.Setenv("PATH", fakeIn(b, `cat >"$out"`)+":"+os.Getenv("PATH"))
			}
			const frames = 90
			size := 0.0
			for b.Loop() {
				path := filepath.Join(b.TempDir(), name)
				if name == "folder/" {
					path += "/"
				}
				w, err := video.New(path, 30, 1280, 720)
				if err != nil {
					b.Fatal(err)
				}
				for n := range frames {
					if err := w.Frame(all.SubImage(image.Rect(n, n/2, n+1280, n/2+720)).(*image.NRGBA)); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				size = 0
				filepath.Walk(path, func(_ string, info os.FileInfo, _ error) error {
					size += float64(info.Size())
					return nil
				})
			}
			perFrame := b.Elapsed().Seconds() / float64(b.N) / frames
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(perFrame*1e3, "ms/frame")
			b.ReportMetric(1/30./perFrame, "x-30fps")
			b.ReportMetric(size/1e6, "MB")
		})
	}
}
