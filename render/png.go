//go:build cgo

package render

import (
	"fmt"
	"image"
	"image/png"
	"io"

	"github.com/slotstream/slotstream/render/wholefile"
)

// WritePNG writes a picture to a file that appears whole or not at all: after an error, a full disk for one, what was
// there before still is. Package wholefile says how it takes links, pipes and permissions.
func WritePNG(path string, img image.Image) error {
	if err := wholefile.Write(path, func(w io.Writer) error { return png.Encode(w, img) }); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return nil
}
