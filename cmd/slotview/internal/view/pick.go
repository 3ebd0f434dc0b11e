package view

import (
	"fmt"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render/overlay"
)

// A picked is the slot that the user has clicked.
type picked struct {
	stream stream // nil: none
	slot   int
	follow bool       // the camera goes along
	last   mgl32.Vec3 // where the slot was when the camera last went along
}

// Click picks the slot under the mouse, or none where there is none. A double click makes the camera orbit around it.
func (v *Viewer) Click(h *stage.HUD, at stage.Sight) {
	v.picked = picked{}
	hit, ok, err := v.scene.Renderer.Pick(&v.scene.Camera, at.Width, at.Height, at.X, at.Y, v.scene.Batches()...)
	if err != nil {
		v.warn(err)
		return
	}
	if !ok {
		return
	}
	for _, s := range v.shown() {
		if n := s.draws(); hit.Batch >= n {
			hit.Batch -= n
			continue
		}
		v.picked = picked{stream: s, slot: hit.Slot}
		if place, _, _, ok := v.pickedPlace(); ok && at.Double {
			v.scene.Camera.Target = place
		}
		return
	}
}

// pickedPlace returns where the picked slot is. If it shows nothing any more, none is picked.
func (v *Viewer) pickedPlace() (place mgl32.Vec3, reach float32, own mgl32.Vec3, ok bool) {
	if v.picked.stream == nil {
		return place, 0, own, false
	}
	if place, reach, own, ok = v.picked.stream.at(v.picked.slot, v.now); !ok {
		v.picked = picked{}
	}
	return place, reach, own, ok
}

// pickedName says which slot is picked: its writer, its number there, and its name.
func (v *Viewer) pickedName() string {
	p := v.picked.stream.partOf(v.picked.slot)
	if p == nil {
		return words.Count(v.picked.slot)
	}
	i := v.picked.slot - p.first
	name := fmt.Sprintf("%s %s", p.name, words.Count(i))
	if i < len(p.bodies.Names) {
		name += " " + p.bodies.Names[i]
	}
	return name
}

// Mark writes the name of the picked slot above it.
func (v *Viewer) Mark(h *stage.HUD) {
	if place, reach, _, ok := v.pickedPlace(); ok {
		h.Label(place.Add(mgl32.Vec3{0, reach, 0}), v.pickedName())
	}
}

// pickedRows tells of the picked slot. Its place is in the coordinates of its writer.
func (v *Viewer) pickedRows() []overlay.Row {
	_, _, own, ok := v.pickedPlace()
	if !ok {
		return nil
	}
	what := "picked"
	if v.picked.follow {
		what = "followed"
	}
	return []overlay.Row{
		{Name: what, Value: v.pickedName()},
		{Name: "place", Value: fmt.Sprintf("%.4g  %.4g  %.4g", own[0], own[1], own[2])},
	}
}

// track begins to follow the picked slot with the camera, or ends that.
func (v *Viewer) track(h *stage.HUD) {
	place, _, _, ok := v.pickedPlace()
	switch v.picked.follow, v.picked.last = ok && !v.picked.follow, place; {
	case !ok:
		h.Say("follow", "click a body first")
	case v.picked.follow:
		v.scene.Camera.Target = place
	}
}

// goAlong moves the camera as far as the slot that it follows has moved.
func (v *Viewer) goAlong() {
	if !v.picked.follow {
		return
	}
	if place, _, _, ok := v.pickedPlace(); ok {
		v.scene.Camera.Target = v.scene.Camera.Target.Add(place.Sub(v.picked.last))
		v.picked.last = place
		v.news = time.Now()
	}
}

// frame shows the picked slot closely. It reports whether one is picked.
func (v *Viewer) frame() bool {
	place, reach, _, ok := v.pickedPlace()
	if ok {
		c := &v.scene.Camera
		r := mgl32.Vec3{4 * reach, 4 * reach, 4 * reach}
		c.FitBox(place.Sub(r), place.Add(r), 1.5, 0.06)
	}
	return ok
}
