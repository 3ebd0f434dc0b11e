//go:build cgo

package render

// Power says which adapter to prefer where a machine has several. As a flag it parses itself (flag.Var), and so it does
// in JSON.
type Power int

const (
	PowerAny  Power = iota // the driver's choice
	PowerHigh              // the fast one
	PowerLow               // the frugal one
)

var powerNames = []string{PowerAny: "any", PowerHigh: "high", PowerLow: "low"}

// ParsePower is the inverse of String.
func ParsePower(s string) (Power, error) {
	i, err := parseName("power", s, powerNames)
	return Power(i), err
}

// String returns the name in lower case: any, high, low.
func (p Power) String() string { return nameOf("Power", int(p), powerNames) }

// Set makes *Power a flag.Value.
func (p *Power) Set(text string) (err error) {
	*p, err = ParsePower(text)
	return err
}

// MarshalText writes the name.
func (p Power) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name.
func (p *Power) UnmarshalText(text []byte) error { return p.Set(string(text)) }
