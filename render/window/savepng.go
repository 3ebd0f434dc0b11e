//go:build cgo && !js

package window

import (
	"image"
	"image/png"
	"io"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/wholefile"
)

// savePNG writes a picture to path, or to a new file named after the time, and returns the file's path.
func savePNG(path string, img *image.NRGBA) (string, error) {
	if path != "" {
		return path, render.WritePNG(path, img)
	}
	return wholefile.WriteNew(screenshotName(), func(w io.Writer) error { return png.Encode(w, img) })
}
