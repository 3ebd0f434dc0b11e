package numbers

import "testing"

func TestNumbersReadWell(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		Count(0): "0", Count(0.25): "0.2", Count(1): "1", Count(99.5): "99.5", Count(100.5): "100", Count(1234567): "1,234,567",
		Micros(0.125): "0.12", Micros(12.34): "12.3", Micros(123.4): "123", Micros(12345): "12,345",
		Plural(1, "call"): "1 call", Plural(0, "call"): "0 calls", Plural(1.5, "call"): "1.5 calls", Plural(2000, "frame"): "2,000 frames",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
