//go:build cgo

package stage

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"

	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/wholefile"
	"github.com/slotstream/slotstream/render/window"
)

// Run shows a source in a window. Offscreen, or without a display unless the screen insists on a window, it draws a
// picture to c.Screenshot, or to a new file named as file says. Texts for the user go to texts.
func Run(ctx context.Context, screen Screen, offscreen bool, file string, c Config, texts io.Writer) error {
	if offscreen {
		return drawPicture(ctx, screen, file, c, texts)
	}
	opened, err := screen.OpenWindow(func(w *window.Window) error { return Show(ctx, w, c) })
	if err != nil && !opened && !screen.Window {
		fmt.Fprintf(texts, "%s: drawing offscreen\n", noWindow(err))
		return drawPicture(ctx, screen, file, c, texts)
	}
	return err
}

// noWindow returns the reason why there is no window.
func noWindow(err error) string {
	if errors.Is(err, window.ErrNoDisplay) {
		return "no display"
	}
	return fmt.Sprintf("no window (%v)", err)
}

// drawPicture draws offscreen and writes the last frame as a PNG. A file that has no name of the user's replaces no
// other file.
func drawPicture(ctx context.Context, screen Screen, file string, c Config, texts io.Writer) error {
	if c.Screenshot == "" {
		if err := wholefile.CheckNew(file); err != nil {
			return cli.Usagef("%w: run the program in a folder that you may write to", err)
		}
	}
	return screen.OpenOffscreen(func(d *render.Device, target *render.Offscreen) error {
		summary, err := Draw(ctx, d, target, c)
		if summary == "" {
			return err
		}
		path, failed := savePicture(target, c.Screenshot, file)
		if failed != nil {
			return errors.Join(err, failed)
		}
		if c.Screenshot == "" && path != file {
			fmt.Fprintf(texts, "%s exists already\n", file)
		}
		_, failed = fmt.Fprintf(texts, "%s: %s\n", path, summary)
		return errors.Join(err, failed)
	})
}

// savePicture writes the picture of a target to path, or to a new file if path is empty. It returns the file's name.
func savePicture(target *render.Offscreen, path, file string) (string, error) {
	if path != "" {
		return path, target.WritePNG(path)
	}
	img, err := target.Image()
	if err != nil {
		return "", err
	}
	return wholefile.WriteNew(file, func(w io.Writer) error { return png.Encode(w, img) })
}
