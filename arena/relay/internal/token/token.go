// Package token checks words that go into NATS subjects and into URLs.
package token

// Valid reports whether s is a token: one or more ASCII letters, digits, - and _. A token
// needs no escape in a NATS subject or a URL, and is no wildcard there.
func Valid(s string) bool {
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return s != ""
}
