//go:build cgo || js

package render

import (
	"fmt"
	"image"
	"image/png"
	"io"

	"github.com/slotstream/slotstream/render/wholefile"
)

// WritePNG writes a picture to a file. The file appears whole or not at all: after an error, for example on a full
// disk, path still has what it had before. Package wholefile says what it does with links, pipes and permissions. Any
// goroutine may call it.
func WritePNG(path string, img image.Image) error {
	if err := wholefile.Write(path, func(w io.Writer) error { return png.Encode(w, img) }); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return nil
}
