// Package framing describes how to show slots: how long their motions take, and where the camera stands. It travels
// in the metadata of a recording or a publisher.
package framing

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"
)

// Framing says how to show slots. If it is the zero value, the viewer looks at where the slots are.
type Framing struct {
	Tick             time.Duration // how long a motion takes from From to To
	Lo, Hi           mgl32.Vec3    // corners of the box around everything, in metres; equal if unknown
	Yaw, Pitch, FovY float32       // of the camera, radians
	Sun              mgl32.Vec3    // direction to the sun
}

// The keys of the metadata.
const (
	tickKey   = "tick"   // a time.Duration: 16.666666ms
	boundsKey = "bounds" // six numbers in metres: x y z of one corner, x y z of the other
	cameraKey = "camera" // three numbers in radians: yaw, pitch, field of view
	sunKey    = "sun"    // three numbers
)

// Metadata returns f as text. Parse restores every bit of it.
func (f Framing) Metadata() map[string]string {
	return map[string]string{
		tickKey:   f.Tick.String(),
		boundsKey: text(append(f.Lo[:], f.Hi[:]...)),
		cameraKey: text([]float32{f.Yaw, f.Pitch, f.FovY}),
		sunKey:    text(f.Sun[:]),
	}
}

// Parse reads metadata. A field stays zero if its text is missing or is not valid.
func Parse(metadata map[string]string) (f Framing) {
	if tick, err := time.ParseDuration(metadata[tickKey]); err == nil && tick > 0 {
		f.Tick = tick
	}
	if n, ok := numbers(metadata[boundsKey], 6); ok {
		f.Lo, f.Hi = mgl32.Vec3(n[:3]), mgl32.Vec3(n[3:])
	}
	if n, ok := numbers(metadata[cameraKey], 3); ok {
		f.Yaw, f.Pitch, f.FovY = n[0], n[1], n[2]
	}
	if n, ok := numbers(metadata[sunKey], 3); ok {
		f.Sun = mgl32.Vec3(n)
	}
	return f
}

// text returns the shortest text that reads as the same numbers.
func text(numbers []float32) string {
	var words []string
	for _, n := range numbers {
		words = append(words, strconv.FormatFloat(float64(n), 'g', -1, 32))
	}
	return strings.Join(words, " ")
}

func numbers(text string, want int) ([]float32, bool) {
	words := strings.Fields(text)
	if len(words) != want {
		return nil, false
	}
	var all []float32
	for _, w := range words {
		n, err := strconv.ParseFloat(w, 32)
		if err != nil || !(n > -1e18 && n < 1e18) {
			return nil, false
		}
		all = append(all, float32(n))
	}
	return all, true
}
