//go:build cgo

package render

import "fmt"

// Look is how much a renderer does for the picture. As a flag it parses itself (flag.Var), and so it does in JSON.
type Look int

const (
	Plain  Look = iota // sun and sky light on the batches, nothing else
	Studio             // shadows, a ground with a grid, a horizon
)

var lookNames = []string{Plain: "plain", Studio: "studio"}

// ParseLook is the inverse of String.
func ParseLook(s string) (Look, error) {
	i, err := parseName("look", s, lookNames)
	return Look(i), err
}

// String returns the name in lower case: plain, studio.
func (l Look) String() string { return nameOf("Look", int(l), lookNames) }

// Set makes *Look a flag.Value.
func (l *Look) Set(text string) (err error) {
	*l, err = ParseLook(text)
	return err
}

// MarshalText writes the name.
func (l Look) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a name.
func (l *Look) UnmarshalText(text []byte) error { return l.Set(string(text)) }

// nameOf is what a value of an enumeration is called, and parseName finds the value again.
func nameOf(kind string, i int, names []string) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("%s(%d)", kind, i)
	}
	return names[i]
}

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
