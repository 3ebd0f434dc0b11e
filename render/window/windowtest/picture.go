package windowtest

import (
	"image"
	"testing"

	"github.com/slotstream/slotstream/render/internal/rendertest"
)

// ReadPNG is the picture that a program saved, or the end of the test.
func ReadPNG(t testing.TB, path string) *image.NRGBA { t.Helper(); return rendertest.ReadPNG(t, path) }

// Missing ends a test that lacks something of this machine: a failure in CI, a skip elsewhere.
func Missing(t testing.TB, what any) { t.Helper(); rendertest.Missing(t, what) }
