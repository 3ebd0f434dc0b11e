package wholefile

import (
	"errors"
	"testing"
)

// WithoutLinks makes a file system without hard links of every one, until the test ends.
func WithoutLinks(t *testing.T) {
	before := link
	link = func(string, string) error { return errors.ErrUnsupported }
	t.Cleanup(func() { link = before })
}
