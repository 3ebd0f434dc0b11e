//go:build cgo

package render

import "fmt"

// Look is how much a renderer does for the picture.
type Look int

const (
	Plain  Look = iota // sun and sky light on the batches, nothing else
	Studio             // shadows, a ground with a grid, a horizon
)

func (l Look) String() string {
	if l == Studio {
		return "studio"
	}
	return "plain"
}

// ParseLook reads what String writes.
func ParseLook(s string) (Look, error) {
	for _, l := range []Look{Plain, Studio} {
		if l.String() == s {
			return l, nil
		}
	}
	return 0, fmt.Errorf("render: unknown look %q: plain or studio", s)
}
