// Package soak runs arena, upload and render together for a long time: writers at full speed, slots and spans that
// come and go, every upload strategy in turn, targets that change their size. Its tests check all the while that no
// torn, lost, stale or misplaced value reaches the mirror, the GPU or the picture, and that memory stays flat.
//
//	go test -v ./render/internal/soak -soak 10m -timeout 20m
package soak
