// Package numbers formats numbers for a person to read.
package numbers

import "strconv"

// Micros formats microseconds with three digits, or to the microsecond.
func Micros(us float64) string {
	switch {
	case us == 0:
		return "0"
	case us < 10:
		return strconv.FormatFloat(us, 'f', 2, 64)
	case us < 100:
		return strconv.FormatFloat(us, 'f', 1, 64)
	}
	return Count(us)
}

// Count formats a number with commas between thousands. A number below 100 that is not whole has one decimal.
func Count(x float64) string {
	if x < 100 && x != float64(int64(x)) {
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	s := strconv.FormatFloat(x, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural formats a number and a noun. The noun is in the singular if the number is formatted as 1.
func Plural[N int | float64](n N, noun string) string {
	number := Count(float64(n))
	if number != "1" {
		noun += "s"
	}
	return number + " " + noun
}
