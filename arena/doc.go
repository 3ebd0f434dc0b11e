// Package arena keeps values that many goroutines write and one reads, and tells
// the reader which of them changed.
package arena
