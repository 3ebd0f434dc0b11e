// Package framing describes how to show slots: how long their motions take, where the camera stands, and what each slot
// shows. It travels in the metadata of a recording, of a publisher, or of a writer in shared memory. Each value is
// JSON.
package framing

import (
	"encoding/json"
	"math"
	"time"

	"github.com/go-gl/mathgl/mgl32"
)

// Framing says how to show slots. If it is the zero value, the viewer looks at where the slots are.
type Framing struct {
	Tick             time.Duration // how long a motion takes from From to To
	Lo, Hi           mgl32.Vec3    // corners of the box around everything, in metres; equal if unknown
	Yaw, Pitch, FovY float32       // of the camera, radians; FovY is 0 if unknown
	Sun              mgl32.Vec3    // direction to the sun
}

// The keys of the metadata. Package framing's Bodies has more.
const (
	tickKey   = "tick"   // seconds
	boundsKey = "bounds" // [x, y, z, x, y, z]: one corner and the other, in metres
	cameraKey = "camera" // [yaw, pitch, field of view]: radians
	sunKey    = "sun"    // [x, y, z]
)

// Metadata returns f as text. Parse restores every bit of it. Fields that are zero are left out.
func (f Framing) Metadata() map[string]string {
	m := map[string]string{}
	put := func(key string, value any, known bool) {
		if text, err := json.Marshal(value); err == nil && known {
			m[key] = string(text)
		}
	}
	put(tickKey, f.Tick.Seconds(), f.Tick > 0)
	put(boundsKey, append(f.Lo[:], f.Hi[:]...), f.Lo != f.Hi)
	put(cameraKey, []float32{f.Yaw, f.Pitch, f.FovY}, f.FovY > 0)
	put(sunKey, f.Sun[:], f.Sun != mgl32.Vec3{})
	return m
}

// Parse reads metadata. A field stays zero if its text is missing or is not valid.
func Parse(metadata map[string]string) (f Framing) {
	var seconds float64
	if json.Unmarshal([]byte(metadata[tickKey]), &seconds) == nil && seconds > 0 && seconds <= time.Hour.Seconds() {
		f.Tick = time.Duration(math.Round(seconds * float64(time.Second)))
	}
	if n, ok := numbers(metadata[boundsKey], 6); ok {
		f.Lo, f.Hi = mgl32.Vec3(n[:3]), mgl32.Vec3(n[3:])
	}
	if n, ok := numbers(metadata[cameraKey], 3); ok && n[2] > 0 && n[2] < math.Pi {
		f.Yaw, f.Pitch, f.FovY = n[0], n[1], n[2]
	}
	if n, ok := numbers(metadata[sunKey], 3); ok {
		f.Sun = mgl32.Vec3(n)
	}
	return f
}

// Object reads a JSON object, which is what writers in shared memory send, as metadata. It returns nil if data is no
// object.
func Object(data []byte) map[string]string {
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) != nil {
		return nil
	}
	m := make(map[string]string, len(object))
	for key, value := range object {
		m[key] = string(value)
	}
	return m
}

// numbers reads a JSON list of so many numbers, each small enough for a place in the world.
func numbers(text string, want int) ([]float32, bool) {
	var n []float64
	if json.Unmarshal([]byte(text), &n) != nil || len(n) != want {
		return nil, false
	}
	all := make([]float32, want)
	for i, v := range n {
		if all[i] = float32(v); !(v > -1e18 && v < 1e18) {
			return nil, false
		}
	}
	return all, true
}
