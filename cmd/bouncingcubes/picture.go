//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/wholefile"
)

const defaultPicture = "cubes.png"

// drawPicture draws offscreen and writes the last frame as a PNG: to the file of -screenshot, or to a new file, which
// replaces no other file.
func drawPicture(ctx context.Context, o options.Options, c demo.Config, stdout io.Writer) error {
	if o.Screenshot == "" {
		if err := wholefile.CheckNew(defaultPicture); err != nil {
			return options.Usagef("%w: run the program in a folder that you may write to", err)
		}
	}
	return openOffscreen(o, func(d *render.Device, target *render.Offscreen) error {
		summary, err := demo.Draw(ctx, d, target, c)
		if summary == "" {
			return err
		}
		path, failed := savePicture(target, o.Screenshot)
		if failed != nil {
			return errors.Join(err, failed)
		}
		if o.Screenshot == "" && path != defaultPicture {
			fmt.Fprintf(stdout, "%s exists already\n", defaultPicture)
		}
		_, failed = fmt.Fprintf(stdout, "%s: %s\n", path, summary)
		return errors.Join(err, failed)
	})
}

// savePicture writes the picture of a target to path, or to a new file if path is empty. It returns the file's name.
func savePicture(target *render.Offscreen, path string) (string, error) {
	if path != "" {
		return path, target.WritePNG(path)
	}
	img, err := target.Image()
	if err != nil {
		return "", err
	}
	return wholefile.WriteNew(defaultPicture, func(w io.Writer) error { return png.Encode(w, img) })
}
