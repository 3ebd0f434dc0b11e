package render

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"

	"github.com/natefinch/atomic"
)

// WritePNG writes a picture to a file that appears whole or not at all: after an error, a full disk for one, what was
// there before still is.
func WritePNG(path string, img image.Image) error {
	var data bytes.Buffer
	err := png.Encode(&data, img)
	if err == nil {
		err = writeFile(path, &data)
	}
	if err != nil {
		return fmt.Errorf("render: write picture %s: %w", path, err)
	}
	return nil
}

func writeFile(path string, data *bytes.Buffer) error {
	info, missing := os.Stat(path)
	if missing == nil && !info.Mode().IsRegular() { // a pipe or /dev/stdout is not to be replaced
		return os.WriteFile(path, data.Bytes(), 0)
	}
	if err := atomic.WriteFile(path, data); err != nil || missing == nil {
		return err
	}
	return os.Chmod(path, 0o644) // it was made for its owner alone
}
