package wholefile

import (
	"errors"
	"os"
	"testing"
)

// WithoutLocks makes growing files that are not locked, until the test ends.
func WithoutLocks(t *testing.T) {
	before := takeLock
	takeLock = func(*os.File) {}
	t.Cleanup(func() { takeLock = before })
}

// WithoutLinks makes a file system without hard links of every one, until the test ends.
func WithoutLinks(t *testing.T) {
	before := link
	link = func(string, string) error { return errors.ErrUnsupported }
	t.Cleanup(func() { link = before })
}
