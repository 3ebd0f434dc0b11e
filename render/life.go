//go:build cgo || js

package render

// A life is part of every type that has a Release method. It makes a second Release do nothing, and use after Release a
// panic that names what was released, before the use reaches C. The zero life has not ended.
type life struct{ over bool }

// end ends the life. It reports whether this is the first time.
func (l *life) end() bool {
	first := !l.over
	l.over = true
	return first
}

// alive panics if the life has ended. "a batch" is what was released, "Frame" is what needs it. The device may have
// been released first: methods named check look at it, too.
func (l *life) alive(doing, what string) {
	if l.over {
		panic("render: " + doing + ": " + what + " has been released")
	}
}

// needs panics if p is nil. "the mesh" is what is missing, "NewBatch" is what needs it.
func needs[T any](p *T, doing, what string) {
	if p == nil {
		panic("render: " + doing + ": " + what + " is nil")
	}
}
