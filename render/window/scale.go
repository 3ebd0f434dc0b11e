package window

// A display's scale comes from settings that people edit, Xft.dpi on X11 for example, and may be anything: 0, a word,
// infinite. Beyond these bounds it is taken for 1.
const leastScale, mostScale = 0.25, 8

// soundScale returns scale, or 1 if no display has such a scale.
func soundScale(scale float32) float32 {
	if scale >= leastScale && scale <= mostScale { // NaN is not
		return scale
	}
	return 1
}

const mostSide = 1<<15 - 1 // of a window on X11

// scaled returns the size of a new window on a display of a scale.
func scaled(width, height int, scale float32) (int, int) {
	side := func(n int) int { return min(max(int(float32(n)*scale+0.5), 1), mostSide) }
	return side(width), side(height)
}
