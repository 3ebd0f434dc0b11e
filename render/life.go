//go:build cgo

package render

// A life is embedded in what has to be released: it makes Release happen once,
// and use after it a panic with a sentence, which never reaches C. The zero life
// goes on.
type life struct{ over bool }

// end reports whether this is the first Release.
func (l *life) end() bool {
	first := !l.over
	l.over = true
	return first
}

// alive panics if what has been released: "a batch" that "Frame" is to draw. All stands
// on a device, which may have been released first: methods check ask for that, too.
func (l *life) alive(doing, what string) {
	if l.over {
		panic("render: " + doing + ": " + what + " has been released")
	}
}

// needs panics if there is no p: "the mesh" that "NewBatch" is to draw.
func needs[T any](p *T, doing, what string) {
	if p == nil {
		panic("render: " + doing + ": " + what + " is nil")
	}
}
