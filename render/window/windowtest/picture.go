package windowtest

import (
	"image"
	"testing"

	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// ReadPNG reads a picture that a program saved. It fails the test if it cannot.
func ReadPNG(t testing.TB, path string) *image.NRGBA { t.Helper(); return rendertest.ReadPNG(t, path) }

// Missing ends a test because this machine lacks something: it skips the test, or fails it in CI.
func Missing(t testing.TB, what any) { t.Helper(); rendertest.Missing(t, what) }
