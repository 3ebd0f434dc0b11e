// Package model holds Promela models of the arena's protocols, the slots' and the
// groups'. Its test has spin
// (https://spinroot.com) visit every interleaving:
//
//	go test -tags verify ./arena/internal/model
package model
