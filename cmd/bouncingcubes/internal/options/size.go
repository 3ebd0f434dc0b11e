package options

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Size is a picture's width and height in pixels. What is too large, the device knows.
type Size struct{ Width, Height int }

func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Width, s.Height) }

func (s *Size) Set(text string) error {
	w, h, ok := strings.Cut(text, "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if !ok || errW != nil || errH != nil || width < 1 || height < 1 {
		return errors.New("want WIDTHxHEIGHT in pixels, as in 1280x720")
	}
	*s = Size{width, height}
	return nil
}
