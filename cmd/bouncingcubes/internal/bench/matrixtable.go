package bench

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render/frametime"
)

// runName returns a name that no other run of a matrix has.
func runName(c frametime.Labels) string {
	name := "cubes=" + c.Text("cubes") + "/pattern=" + c.Text("pattern")
	if c.Text("pattern") != "sim" {
		name += "/moving=" + c.Text("moving")
	}
	return name + "/upload=" + c.Text("upload")
}

// runTitle describes a run.
func runTitle(c frametime.Labels) string {
	workers, _ := c.Number("workers")
	parts := []string{sceneText(c), "upload " + c.Text("upload"), c.Text("width") + "×" + c.Text("height")}
	if c.Text("msaa") != "1" {
		parts = append(parts, "msaa "+c.Text("msaa"))
	}
	parts = append(parts, c.Text("look"), words.Plural(int(workers), "worker"))
	for _, flag := range []string{"free", "fountain", "window", "vsync"} {
		if c.Text(flag) == "true" {
			parts = append(parts, flag)
		}
	}
	return strings.Join(parts, " · ")
}

// sceneText describes what a run draws: everything in its name except the strategy.
func sceneText(c frametime.Labels) string {
	cubes, _ := c.Number("cubes")
	text := words.Plural(int(cubes), "cube") + ", "
	if moving, ok := c.Number("moving"); ok && c.Text("pattern") != "sim" {
		text += strconv.FormatFloat(100*moving, 'g', 4, 64) + "% "
	}
	return text + c.Text("pattern")
}

// writeMatrixTable shows several runs to a person: a row for each scene, a column for each strategy.
func writeMatrixTable(w io.Writer, rs []frametime.Report) error {
	if len(rs) == 0 {
		return nil
	}
	var scenes, strategies []string // in the order in which they come
	cells := make(map[[2]string]*frametime.Report)
	for i := range rs {
		at := [2]string{sceneText(rs[i].Config), rs[i].Config.Text("upload")}
		if !slices.Contains(scenes, at[0]) {
			scenes = append(scenes, at[0])
		}
		if !slices.Contains(strategies, at[1]) {
			strategies = append(strategies, at[1])
		}
		cells[at] = &rs[i]
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\n\nstreaming, µs a frame (p50): descend, plan, write, encode and submit\n\n%-28s %9s %9s", rs[0].Place(), "", "updated", "simulate")
	for _, s := range strategies {
		fmt.Fprintf(b, " %9s", s)
	}
	fmt.Fprintln(b)
	for _, scene := range scenes {
		updated, simulate, row := "", "", ""
		for _, s := range strategies {
			cell := ""
			if r := cells[[2]string{scene, s}]; r != nil {
				cell = micros(r.Streaming.P50)
				updated, simulate = words.Count(int(r.Arena.UpdatedPerFrame)), micros(r.Median(frametime.Simulate))
			}
			row += fmt.Sprintf(" %9s", cell)
		}
		fmt.Fprintf(b, "%-28s %9s %9s%s\n", scene, updated, simulate, row)
	}
	return b.Flush()
}

// micros formats microseconds to three digits or to the microsecond.
func micros(us float64) string {
	if us < 100 {
		return strconv.FormatFloat(us, 'f', min(2, max(0, 3-len(strconv.Itoa(int(us))))), 64)
	}
	return words.Count(int(us + 0.5))
}
