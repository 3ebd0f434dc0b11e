package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

// A page draws the picture that the same program draws natively: of 100 pixels, 99 differ by at most 4 of 255. Drivers
// round otherwise, and have other derivatives, which the lines of Studio's grid are drawn by.
func TestPageDrawsAsNatively(t *testing.T) {
	wasm := build(t, "./scene")
	for _, look := range []string{"plain", "studio"} {
		natively, inPage := filepath.Join(t.TempDir(), "natively.png"), filepath.Join(t.TempDir(), "page.png")
		if out, err := exec.Command("go", "run", "./scene", look, natively).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if code, err := run(wasm, []string{wasm, look, inPage}); code != 0 || err != nil {
			t.Fatal(code, err)
		}
		a, b := windowtest.ReadPNG(t, natively), windowtest.ReadPNG(t, inPage)
		if a.Rect != b.Rect {
			t.Fatalf("%s: %v natively, %v in a page", look, a.Rect, b.Rect)
		}
		var pixels [256]int // by how much they differ
		for i := 0; i < len(a.Pix); i += 4 {
			most := 0
			for k, p := range a.Pix[i : i+4] {
				q := b.Pix[i+k]
				most = max(most, int(max(p, q)-min(p, q)))
			}
			pixels[most]++
		}
		all, near := len(a.Pix)/4, 0
		for _, n := range pixels[:5] {
			near += n
		}
		percent := func(n int) float64 { return 100 * float64(n) / float64(all) }
		t.Logf("%s: %.2f%% of pixels are equal, %.2f%% differ by at most 1 of 255, %.2f%% by at most 4",
			look, percent(pixels[0]), percent(pixels[0]+pixels[1]), percent(near))
		if percent(near) < 99 {
			t.Errorf("%s: %.2f%% of pixels differ by at most 4 of 255, want 99%%", look, percent(near))
		}
	}
}
