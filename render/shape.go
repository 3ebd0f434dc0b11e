//go:build cgo || js

package render

import (
	"fmt"
	"slices"

	"github.com/slotstream/slotstream/upload/gpu"
)

// SetShape says that count slots, from arena index first on, show that shape of the batch's MeshSet, from the next
// Upload or Frame on. At first all slots show shape 0. A slot keeps its shape when it is freed: the slot that has the
// index next shows it, too. For a shape that the set lacks nothing is drawn; FrameStats.Lacking counts such slots.
//
// The shapes are a byte for each slot. After a change, Upload sends the bytes from the first to the last slot that
// changed. SetShape itself costs a store for each slot. Call it on the render goroutine. It panics if the slots are not
// slots of the arena, and if the batch's Record has a function shape, or the batch has a Module: these choose the mesh
// themselves.
func (b *Batch[T]) SetShape(first, count int, shape uint8) {
	b.rendererFor("SetShape")
	if first < 0 || count < 0 || count > b.arena.Cap()-first {
		panic(fmt.Sprintf("render: SetShape: slots %d to %d of an arena of %d", first, first+count-1, b.arena.Cap()))
	}
	if b.wgsl.module != "" || b.wgsl.sorts && !b.wgsl.bytes() {
		panic("render: SetShape: the batch's Record or Module chooses the mesh")
	}
	if count == 0 || shape == 0 && first >= len(b.shapeOf.bytes) {
		return
	}
	b.wgsl = b.wgsl.sorted()
	b.shapeOf.set(first, count, shape)
}

// shapeBytes are the shapes of a batch's slots. Slots past their end have shape 0.
type shapeBytes struct {
	bytes       []byte
	first, last int   // those that changed: first to last-1
	most        uint8 // the largest shape ever set
}

func (s *shapeBytes) set(first, count int, shape uint8) {
	if more := first + count - len(s.bytes); more > 0 {
		s.bytes = append(s.bytes, make([]byte, more)...)
	}
	s.most = max(s.most, shape)
	for i := range s.bytes[first : first+count] {
		s.bytes[first+i] = shape
	}
	if s.first == s.last {
		s.first, s.last = first, first+count
		return
	}
	s.first, s.last = min(s.first, first), max(s.last, first+count)
}

// written forgets which bytes changed.
func (s *shapeBytes) written() { s.first, s.last = 0, 0 }

// bindShapes takes the program that tells shapes apart, if SetShape came since, and describes the meshes to it.
func (b *Batch[T]) bindShapes() (err error) {
	if b.program.wgsl != b.wgsl {
		p, err := b.renderer.use(b.wgsl)
		if err != nil {
			return err
		}
		for i := range b.pages {
			releaseAll(b.pages[i].cull)
			b.pages[i].cull = nil
		}
		b.renderer.drop(b.program)
		b.program = p
	}
	if b.wgsl.sorts && b.sortSet == nil {
		b.sortSet, err = b.meshes.newSortSet(b.renderer.device)
	}
	return err
}

// writeShapes writes the bytes that the page lacks.
func (b *Batch[T]) writeShapes(p *batchPage) error {
	if p.cull.shapes == nil {
		return nil
	}
	first, last := b.shapeOf.first, b.shapeOf.last
	if !p.cull.hasShapes { // a new buffer is all zeros
		first, last = 0, len(b.shapeOf.bytes)
	}
	// From the page's first slot on. A write begins and ends at a multiple of four bytes.
	first, last = max(first-p.page.First, 0)&^3, min(last, p.page.First+p.page.Count, len(b.shapeOf.bytes))-p.page.First
	if last > first {
		bytes := b.shapeOf.bytes[p.page.First+first : p.page.First+last]
		if rest := len(bytes) % 4; rest > 0 { // what follows is of the next page, or shape 0
			bytes = append(slices.Clone(bytes), make([]byte, 4-rest)...)
			copy(bytes[last-first:], b.shapeOf.bytes[p.page.First+last:])
		}
		if err := gpu.WriteBuffer(b.renderer.device.Queue, p.cull.shapes, uint64(first), bytes); err != nil {
			return fmt.Errorf("render: write the shapes of slots: %w", err)
		}
	}
	p.cull.hasShapes = true
	return nil
}
