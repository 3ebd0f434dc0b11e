//go:build cgo || js

package upload

import "fmt"

// A Strategy is a way to bring the changed slots of a page to the GPU. JSON holds its name. For a
// command-line flag use flag.TextVar.
type Strategy int

const (
	Auto    Strategy = iota // for each page the strategy that costs least, by Config.Costs
	Ranges                  // one queue write for each range of changed slots
	Merged                  // one queue write for several ranges, where writing the gap costs less than a second write
	Scatter                 // one queue write of all changed slots, packed; a compute shader copies them to their places
	Full                    // one queue write from the first to the last changed slot of the page
)

var strategyNames = [...]string{Auto: "auto", Ranges: "ranges", Merged: "merged", Scatter: "scatter", Full: "full"}

// String returns the name: auto, ranges, merged, scatter or full.
func (s Strategy) String() string {
	if s < 0 || int(s) >= len(strategyNames) {
		return fmt.Sprintf("Strategy(%d)", int(s))
	}
	return strategyNames[s]
}

// MarshalText returns the name.
func (s Strategy) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets s to the strategy of that name. Any other text is an error and leaves s as it is.
func (s *Strategy) UnmarshalText(text []byte) error {
	for i, name := range strategyNames {
		if string(text) == name {
			*s = Strategy(i)
			return nil
		}
	}
	return fmt.Errorf("upload: unknown strategy %q: use auto, ranges, merged, scatter or full", text)
}
