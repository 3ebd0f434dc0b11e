//go:build !invariants && !race

package arena

// invariants turns on checks that are too dear for release: build with
// -tags invariants, or -race. Span.Set takes the Go path then.
const invariants = false
