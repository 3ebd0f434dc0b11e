//go:build cgo

package upload

import "fmt"

// Strategy is a way of bringing a page's changed slots to the GPU. As a flag it parses itself (flag.Var), and so it
// does in JSON.
type Strategy int

const (
	Auto    Strategy = iota // the cheapest of the others, page by page, by the Costs
	Ranges                  // one write for every coalesced range
	Merged                  // ranges joined where writing the gap costs less than another call
	Scatter                 // changed slots packed into one write and put in their places by a compute shader
	Full                    // one write from the first to the last changed slot of the page
)

var strategyNames = [...]string{Auto: "auto", Ranges: "ranges", Merged: "merged", Scatter: "scatter", Full: "full"}

// ParseStrategy is the inverse of String.
func ParseStrategy(s string) (Strategy, error) {
	for i, name := range strategyNames {
		if s == name {
			return Strategy(i), nil
		}
	}
	return Auto, fmt.Errorf("upload: unknown strategy %q: want auto, ranges, merged, scatter or full", s)
}

// String returns the name in lower case: auto, ranges, merged, scatter, full.
func (s Strategy) String() string {
	if s < 0 || int(s) >= len(strategyNames) {
		return fmt.Sprintf("Strategy(%d)", int(s))
	}
	return strategyNames[s]
}

// Set makes *Strategy a flag.Value.
func (s *Strategy) Set(text string) (err error) {
	*s, err = ParseStrategy(text)
	return err
}

// MarshalText writes the name.
func (s Strategy) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *Strategy) UnmarshalText(text []byte) error { return s.Set(string(text)) }
