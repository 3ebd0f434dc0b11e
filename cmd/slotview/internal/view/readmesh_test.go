package view

import (
	"testing"

	"github.com/slotstream/slotstream/render/meshfile"
)

func TestZUpIsThatOfFiles(t *testing.T) {
	t.Parallel()
	if zUp != meshfile.ZUp {
		t.Error(zUp)
	}
}
