package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/report"
)

// errRegression is a slowdown that -compare found: exit status 3.
var errRegression = errors.New("slower than -threshold lets pass")

// compare shows what changed between the two reports that -compare names.
func compare(o options, stdout io.Writer) error {
	var files [2][]report.Report
	for i, path := range o.bench.compare {
		rs, err := readReports(path)
		if err != nil {
			return usagef("-compare: %s: %w", path, err)
		}
		files[i] = rs
	}
	c, err := report.Compare(files[0], files[1], o.bench.threshold)
	if err != nil {
		return usagef("-compare %s,%s: %w", o.bench.compare[0], o.bench.compare[1], err)
	}
	if err := c.WriteTable(stdout); err != nil {
		return err
	}
	if n := c.Regressions(); n > 0 {
		return fmt.Errorf("%s in %s: %w", o.bench.compare[1], phases(n), errRegression)
	}
	return nil
}

func phases(n int) string {
	if n == 1 {
		return "1 phase"
	}
	return fmt.Sprintf("%d phases", n)
}

func readReports(path string) ([]report.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err) // without the path, which the caller says
	}
	defer f.Close()
	return report.Read(bufio.NewReader(f))
}
