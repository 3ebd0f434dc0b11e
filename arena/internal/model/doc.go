// Package model holds a Promela model of the arena's protocol. Its test has spin
// (https://spinroot.com) visit every interleaving:
//
//	go test -tags verify ./arena/internal/model
package model
