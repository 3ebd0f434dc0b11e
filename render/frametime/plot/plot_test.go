package plot

import (
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	_ "image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/internal/madeup"
)

// KEEP_PLOTS=DIR keeps the pictures for a person to look at.
func plotDir(t *testing.T) string {
	if dir := os.Getenv("KEEP_PLOTS"); dir != "" {
		return dir
	}
	return t.TempDir()
}

var grid = Grid{Row: "cubes", Column: "pattern", X: "moving", Line: "upload", Reference: "auto", Title: "By strategy", XTitle: "cubes that move",
	Panel: func(row, column string) string { return row + " cubes, " + column }}

func plotFile(path string, rs []frametime.Report) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if len(rs) == 1 {
		err = Run(f, filepath.Ext(path), &rs[0])
	} else {
		err = Matrix(f, filepath.Ext(path), rs, grid)
	}
	return errors.Join(err, f.Close())
}

func TestPlotsAreNotBlank(t *testing.T) {
	t.Parallel()
	dir := plotDir(t)
	for name, c := range map[string]struct {
		runs   []frametime.Report
		colors []color.Color
	}{
		"run":    {[]frametime.Report{madeup.Run(600, 1, 1)}, []color.Color{sky, grey, vermilion, orange}},
		"one":    {[]frametime.Report{madeup.Run(1, 1, 1)}, []color.Color{sky, grey}},
		"matrix": {madeup.Matrix(), []color.Color{black, orange, blue, green, vermilion}},
	} {
		path := filepath.Join(dir, name+".png")
		if err := plotFile(path, c.runs); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		img, _, err := image.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[color.RGBA]int)
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				r, g, b, _ := img.At(x, y).RGBA()
				seen[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}]++
			}
		}
		for _, want := range c.colors {
			if seen[want.(color.RGBA)] < 50 {
				t.Errorf("%s: only %d pixels of %v", name, seen[want.(color.RGBA)], want)
			}
		}
	}
}

func TestSVGSaysWhatItShows(t *testing.T) {
	t.Parallel()
	dir := plotDir(t)
	for name, c := range map[string]struct {
		runs []frametime.Report
		want []string
	}{
		"run": {[]frametime.Report{madeup.Run(600, 1, 1)}, []string{
			"100,000 cubes, 1% random", "llvmpipe", "simulate", "descend", "wait", "p95", "streaming",
		}},
		"matrix": {madeup.Matrix(), []string{"100000 cubes, stride", "llvmpipe", "scatter", "cubes that move", "0.1%"}},
	} {
		path := filepath.Join(dir, name+".svg")
		if err := plotFile(path, c.runs); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s is not XML: %v", name, err)
			}
		}
		for _, want := range c.want {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s: no %q in the picture", name, want)
			}
		}
	}
}

func TestPlotOfUnknownFormat(t *testing.T) {
	t.Parallel()
	r := madeup.Run(3, 1, 1)
	for _, err := range []error{Run(io.Discard, ".gif", &r), Matrix(io.Discard, "", madeup.Matrix(), grid)} {
		if !errors.Is(err, errFormat) {
			t.Errorf("error %v, want errFormat", err)
		}
	}
}

func TestRunWithoutFrames(t *testing.T) {
	t.Parallel()
	r := frametime.NewRecorder(1).Report()
	if err := Run(io.Discard, ".svg", &r); err == nil || !strings.Contains(err.Error(), "no frames") {
		t.Errorf("a run without frames: %v", err)
	}
}
