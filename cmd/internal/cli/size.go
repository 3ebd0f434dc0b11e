package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Size is the width and the height of a picture in pixels. The device knows the largest size.
type Size struct{ Width, Height int }

func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Width, s.Height) }

func (s *Size) Set(text string) error {
	w, h, ok := strings.Cut(text, "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if !ok || errW != nil || errH != nil || width < 1 || height < 1 {
		return errors.New("want WIDTHxHEIGHT in pixels, such as 1280x720")
	}
	*s = Size{width, height}
	return nil
}
