//go:build cgo || js

package render

import (
	"encoding/binary"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// A lacking reads back, without waiting, how many slots in view have a shape that the set lacks. The kernels count them
// as those of a draw of its own, the last one, which draws nothing.
type lacking struct {
	back    *gpu.Readback // a number for each page; nil: none was ever needed
	bytes   []byte        // of back
	pages   int           // whose numbers are on their way; 0: none are
	started bool          // the copy was submitted
	slots   int           // what arrived last, summed
}

// encodeLacking collects the numbers that have arrived, and records the copy of the next. What was recorded before must
// have been submitted.
func (b *Batch[T]) encodeLacking(e *wgpu.CommandEncoder) error {
	l := &b.lacking
	if w := &b.program.wgsl; !b.listed || !w.sorts || w.bytes() && int(b.shapeOf.most) < len(b.meshes.shapes) {
		return nil // every slot has a shape of the set
	}
	if arrived, err := l.collect(); err != nil || !arrived {
		return err
	}
	for i := range b.pages {
		p := &b.pages[i]
		if b.slotsToDraw(p) <= 0 {
			break
		}
		at := uint64(sortPartBytes*len(b.meshes.draws) + sortCount)
		if err := l.grow(b.renderer.device, len(b.pages)); err != nil {
			return err
		}
		if err := e.CopyBufferToBuffer(p.cull.views[0].parts, at, l.back.Buffer(), uint64(4*i), 4); err != nil {
			return fmt.Errorf("render: count slots without a mesh: %w", err)
		}
		l.pages++
	}
	return nil
}

// collect reports whether no number is on its way any more.
func (l *lacking) collect() (bool, error) {
	if l.pages == 0 {
		return true, nil
	}
	if !l.started {
		if err := l.back.Start(); err != nil {
			return false, fmt.Errorf("render: count slots without a mesh: %w", err)
		}
		l.started = true
	}
	numbers := l.bytes[:4*l.pages]
	if ok, err := l.back.Poll(numbers); err != nil || !ok {
		return false, err
	}
	l.slots, l.pages, l.started = 0, 0, false
	for ; len(numbers) > 0; numbers = numbers[4:] {
		l.slots += int(binary.LittleEndian.Uint32(numbers))
	}
	return true, nil
}

// grow makes room for so many pages.
func (l *lacking) grow(d *Device, pages int) (err error) {
	if 4*pages <= len(l.bytes) {
		return nil
	}
	l.release()
	l.bytes = make([]byte, 4*max(2*pages, 16))
	l.back, err = gpu.NewReadback(d.GPU, len(l.bytes))
	return err
}

func (l *lacking) release() { releaseAll(l.back) }

func (b *Batch[T]) lackingShapes() int { return b.lacking.slots }
