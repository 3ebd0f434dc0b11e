package view

import (
	"fmt"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// Two to four sources of any shape fill the picture, in wide and in small windows. All are in it. None hides much of
// another one.
func TestSourcesFillThePicture(t *testing.T) {
	shapes := map[string]mgl32.Vec3{"tank": {12, 10, 10}, "field": {10, 5, 10}, "plate": {20, 1, 20}, "tower": {3, 10, 3}, "wall": {20, 5, 2}}
	for _, size := range [][2]int{{1280, 720}, {500, 300}, {600, 800}} {
		aspect := float32(size[0]) / float32(size[1])
		for name, shape := range shapes {
			for n := 2; n <= 4; n++ {
				var rooms []*room
				for range n {
					rooms = append(rooms, &room{lo: mgl32.Vec3{-1, 0, 2}, hi: shape.Add(mgl32.Vec3{-1, 0, 2}), known: true})
				}
				c := render.NewCamera(mgl32.Vec3{}, 1)
				places := beside(rooms, c, aspect)
				var corners []mgl32.Vec3
				for i, r := range rooms {
					corners = r.corners(corners, places[i])
				}
				c.FitPoints(corners, aspect, 0.06)
				covered, twice := cover(t, c, aspect, corners)
				what := fmt.Sprintf("%d of %s in %d × %d", n, name, size[0], size[1])
				if size[0] > size[1] && covered < 0.3 {
					t.Errorf("%s cover %.2f of the picture", what, covered)
				}
				if twice > 0.05 {
					t.Errorf("%s hide each other in %.2f of the picture", what, twice)
				}
				t.Logf("%s: %.2f, %.3f", what, covered, twice)
			}
		}
	}
}

// cover returns which part of the picture boxes cover, and which part more than one box covers.
func cover(t *testing.T, c render.Camera, aspect float32, corners []mgl32.Vec3) (covered, twice float64) {
	t.Helper()
	const fine = 200 // samples each way
	clip := c.Projection(aspect).Mul4(c.View())
	var count [fine][fine]int
	for ; len(corners) > 0; corners = corners[8:] {
		var at []mgl32.Vec2
		for _, p := range corners[:8] {
			q := clip.Mul4x1(p.Vec4(1))
			x, y := q[0]/q[3], q[1]/q[3]
			if !(q[3] > 0 && x > -1 && x < 1 && y > -1 && y < 1) {
				t.Errorf("a corner is at %v, %v, outside of the picture", x, y)
			}
			at = append(at, mgl32.Vec2{x, y})
		}
		for i := range fine {
			for j := range fine {
				if inside(at, mgl32.Vec2{(2*float32(i)+1)/fine - 1, (2*float32(j)+1)/fine - 1}) {
					count[i][j]++
				}
			}
		}
	}
	for _, row := range count {
		for _, n := range row {
			if n > 0 {
				covered += 1.0 / fine / fine
			}
			if n > 1 {
				twice += 1.0 / fine / fine
			}
		}
	}
	return covered, twice
}

// inside reports whether p is in the convex hull of points: no line through p has all of them on one side.
func inside(points []mgl32.Vec2, p mgl32.Vec2) bool {
	for _, a := range points {
		for _, side := range []float32{-1, 1} {
			d, all := a.Sub(p), true
			for _, b := range points {
				e := b.Sub(p)
				all = all && side*(d[0]*e[1]-d[1]*e[0]) >= 0
			}
			if all {
				return false
			}
		}
	}
	return true
}
