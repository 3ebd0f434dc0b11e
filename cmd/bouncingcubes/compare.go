package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/slotstream/slotstream/render/frametime"
	framecompare "github.com/slotstream/slotstream/render/frametime/compare"
)

// errRegression is a slowdown that -compare found: exit status 3.
var errRegression = errors.New("slower than -threshold lets pass")

// errTooFew ends a -compare that could not have found what it looks for: exit status 4.
var errTooFew = errors.New("too few frames to tell")

// compare shows what changed between the two reports that -compare names.
func compare(o options, stdout io.Writer) error {
	var files [2][]frametime.Report
	for i, path := range o.bench.compare {
		rs, err := readReports(path)
		if err != nil {
			return usagef("-compare: %s: %w", path, err)
		}
		files[i] = rs
	}
	c, err := framecompare.Compare(files[0], files[1], o.bench.threshold)
	if err != nil {
		return usagef("-compare %s,%s: %w", o.bench.compare[0], o.bench.compare[1], err)
	}
	if err := c.WriteTable(stdout); err != nil {
		return err
	}
	if n := c.Regressions(); n > 0 {
		return fmt.Errorf("%s in %s: %w", o.bench.compare[1], plural(n, "phase"), errRegression)
	}
	if c.Untold() > 0 {
		return fmt.Errorf("%s,%s: %w: time %d or more in each", o.bench.compare[0], o.bench.compare[1], errTooFew, c.Enough())
	}
	return nil
}

func readReports(path string) ([]frametime.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err) // without the path, which the caller says
	}
	defer f.Close()
	rs, err := frametime.ReadJSON(bufio.NewReader(f))
	for i := range rs {
		if rs[i].Name == "" && rs[i].Config.Text("cubes") != "" { // of a version that wrote none
			rs[i].Name = runName(rs[i].Config)
		}
	}
	return rs, err
}
