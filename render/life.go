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

// check panics if what has been released: "a batch" that "Frame" is to draw.
func (l *life) check(doing, what string) {
	if l.over {
		panic("render: " + doing + ": " + what + " has been released")
	}
}
