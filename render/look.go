//go:build cgo || js

package render

import "fmt"

// A Look selects the effects that a renderer draws. Its text is a lower-case name, in JSON and as a flag
// (flag.TextVar).
//
// In Studio, shadows and ground reach as far as what the camera sees: around the mean distance, weighted by size in the
// picture, of the slots in view. Where the camera's Target is does not matter. Slots of a batch with a Module do not
// count. If no slot is in view, a hundred times the near plane's distance takes the place of the mean, or the eye's
// height over the ground, if this is larger.
type Look int

const (
	Plain  Look = iota // light from sun and sky on the batches
	Studio             // Plain, and shadows, a ground with a grid, and a horizon
)

var lookNames = []string{Plain: "plain", Studio: "studio"}

// String returns the name: plain or studio.
func (l Look) String() string {
	if l < 0 || int(l) >= len(lookNames) {
		return fmt.Sprintf("Look(%d)", int(l))
	}
	return lookNames[l]
}

// MarshalText returns the name.
func (l Look) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText sets l to the look of that name. After an error l stays as it was.
func (l *Look) UnmarshalText(text []byte) error {
	i, err := parseName("look", string(text), lookNames)
	if err == nil {
		*l = Look(i)
	}
	return err
}

// parseName returns the index of text among the names.
func parseName(kind, text string, names []string) (int, error) {
	want := ""
	for i, name := range names {
		if text == name {
			return i, nil
		}
		switch {
		case i == 0:
		case i == len(names)-1:
			want += " or "
		default:
			want += ", "
		}
		want += name
	}
	return 0, fmt.Errorf("render: unknown %s %q: want %s", kind, text, want)
}
