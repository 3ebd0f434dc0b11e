// Package model holds Promela models of the arena's protocols: of slots, of groups, and of writers in other processes.
// Its test has spin (https://spinroot.com) visit every interleaving:
//
//	go test -tags verify ./arena/internal/model
package model
