package stage

import (
	"fmt"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/render"
)

// outlines draw the twelve edges of every box as thin bars, from an arena of its own.
type outlines struct {
	arena *arena.Arena[render.Instance]
	bars  arena.Span[render.Instance]
	batch *render.Batch[render.Instance]
}

const barWidth = 0.06 // metres

var barColor = render.RGB(0x5A6270)

func newOutlines(r *render.Renderer, cube *render.Mesh) (*outlines, error) {
	a, err := arena.New(arena.Config[render.Instance]{})
	if err != nil {
		return nil, err
	}
	batch, err := render.NewBatch(r, a, cube, render.BatchConfig{})
	if err != nil {
		return nil, err
	}
	return &outlines{arena: a, batch: batch}, nil
}

// update replaces all bars by those of the given boxes.
func (f *outlines) update(boxes []aabb.Box) error {
	bars := make([]render.Instance, 0, 12*len(boxes))
	for _, t := range boxes {
		for axis := range 3 {
			for corner := range 4 {
				bars = append(bars, bar(t, axis, corner))
			}
		}
	}
	if f.bars.Len() > 0 {
		if err := f.bars.Free(); err != nil {
			return err
		}
	}
	f.bars = arena.Span[render.Instance]{}
	if len(bars) == 0 {
		return nil
	}
	var err error
	if f.bars, err = f.arena.AllocSpan(len(bars), render.Instance{}); err != nil {
		return fmt.Errorf("drawing %d boxes: %w", len(boxes), err)
	}
	f.bars.StoreAll(bars)
	return nil
}

// bar returns the edge of a box that is parallel to an axis, at one of the four corners of the other two axes. It is
// outside the box. The bars of the floor lie on the ground: within the ground they would have the same depth as it.
func bar(t aabb.Box, axis, corner int) render.Instance {
	u, v := (axis+1)%3, (axis+2)%3
	center, size := t.Center, mgl32.Vec3{barWidth, barWidth, barWidth}
	reach := mgl32.Vec3{t.Half[0] + barWidth/2, t.Half[1] + barWidth/2, t.Half[2] + barWidth/2}
	size[axis] = 2*reach[axis] + barWidth
	center[u] += reach[u] * float32(2*(corner&1)-1)
	center[v] += reach[v] * float32(corner&2-1)
	if floor := t.Center[1] - t.Half[1]; axis != 1 {
		center[1] = max(center[1], floor+barWidth/2)
	}
	m := mgl32.Translate3D(center[0], center[1], center[2]).Mul4(mgl32.Scale3D(size[0], size[1], size[2]))
	return render.Instance{Model: m, Color: barColor}
}
