//go:build invariants || race

package arena

const invariants = true
