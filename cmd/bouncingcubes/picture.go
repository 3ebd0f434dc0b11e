//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
	"github.com/slotstream/slotstream/render"
)

const defaultPicture = "cubes.png"

// drawPicture draws the demo offscreen and writes the last frame to a PNG.
func drawPicture(ctx context.Context, o options.Options, c demo.Config, stdout io.Writer) error {
	path := o.Screenshot
	if path == "" {
		var err error
		if path, err = options.FreeName(defaultPicture); err != nil {
			return err
		}
		if path != defaultPicture {
			fmt.Fprintf(stdout, "%s is there already: the picture goes to %s\n", defaultPicture, path)
		}
	}
	return openOffscreen(o, func(d *render.Device, target *render.Offscreen) error {
		seen, err := demo.Draw(ctx, d, target, c)
		if seen == "" {
			return err
		}
		if failed := target.WritePNG(path); failed != nil {
			return errors.Join(err, failed)
		}
		_, failed := fmt.Fprintf(stdout, "%s: %s\n", path, seen)
		return errors.Join(err, failed)
	})
}
