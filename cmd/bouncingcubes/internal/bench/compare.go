package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render/frametime"
	"github.com/slotstream/slotstream/render/frametime/compare"
)

// ErrRegression says that Compare has found a phase that is slower.
var ErrRegression = errors.New("slower than -threshold lets pass")

// ErrUntold says that Compare could not compare everything: a run or a phase is in one file only, a run was
// interrupted, or there are too few frames.
var ErrUntold = errors.New("some runs or phases cannot be compared: see the table")

// Compare writes a table of the changes between two report files. The error is ErrRegression if a phase is slower by
// more than threshold percent, ErrUntold, a BadFile, or an error of stdout.
func Compare(oldPath, newPath string, threshold float64, stdout io.Writer) error {
	old, err := readReports(oldPath)
	if err != nil {
		return err
	}
	new, err := readReports(newPath)
	if err != nil {
		return err
	}
	c, err := compare.Compare(old, new, threshold)
	if err != nil {
		return BadFile{fmt.Errorf("%s,%s: %w", oldPath, newPath, err)}
	}
	if err := c.WriteTable(stdout); err != nil {
		return err
	}
	if n := c.Regressions(); n > 0 {
		return fmt.Errorf("%s in %s: %w", newPath, words.Plural(n, "phase"), ErrRegression)
	}
	if c.Untold() > 0 {
		return fmt.Errorf("%s,%s: %w", oldPath, newPath, ErrUntold)
	}
	return nil
}

// BadFile is the error for a file that is not a report, or for two reports that have no run in common.
type BadFile struct{ error }

func (b BadFile) Unwrap() error { return b.error }

func readReports(path string) ([]frametime.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, BadFile{fmt.Errorf("%s: %w", path, errors.Unwrap(err))}
	}
	defer f.Close()
	rs, err := frametime.ReadJSON(bufio.NewReader(f))
	if err != nil {
		return nil, BadFile{fmt.Errorf("%s: %w", path, err)}
	}
	for i := range rs {
		if rs[i].Name == "" && rs[i].Config.Text("cubes") != "" { // from a version that wrote no names
			rs[i].Name = runName(rs[i].Config)
		}
	}
	return rs, nil
}
