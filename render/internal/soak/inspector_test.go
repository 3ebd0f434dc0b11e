package soak

import (
	"bytes"
	"fmt"
	"image"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu"
)

// An inspector remembers what the mirror showed, because values must only go forward.
type inspector struct {
	seen   []key  // by slot
	hidden []bool // by slot: hidden since seen, so that life is over
}

// accepted checks every value of the mirror: whole, in its place, of the same occupant as before with as many stores
// or more, or of a later one.
func (in *inspector) accepted(mirror []value) error {
	for len(in.seen) < len(mirror) {
		in.seen, in.hidden = append(in.seen, key{}), append(in.hidden, false)
	}
	for i := range mirror {
		if err := mirror[i].check(i); err != nil {
			return err
		}
		if mirror[i] == (value{}) {
			in.hidden[i] = true
			continue
		}
		k, was := mirror[i].key(), in.seen[i]
		switch {
		case k.life < was.life, k.life == was.life && in.hidden[i]:
			return fmt.Errorf("slot %d went back to a freed occupant: %+v after %+v", i, k, was)
		case k.life == was.life && k.n < was.n && k.n&shared == 0:
			return fmt.Errorf("slot %d went back to an older store: %+v after %+v", i, k, was)
		}
		in.seen[i], in.hidden[i] = k, false
	}
	return nil
}

// onGPU reads the pages back and compares every byte with the mirror. They must hold drawn slots at least: what lies
// above was freed before the uploader began.
func onGPU[T comparable](d *render.Device, pages []upload.Page, mirror []T, drawn int) error {
	have := 0
	for _, p := range pages {
		n := min(p.Count, len(mirror)-p.First)
		if n <= 0 {
			break
		}
		got, want := make([]T, n), mirror[p.First:p.First+n]
		if err := gpu.ReadBuffer(d.GPU, p.Buffer, arena.Bytes(got)); err != nil {
			return err
		}
		if !bytes.Equal(arena.Bytes(got), arena.Bytes(want)) {
			for i := range got {
				if got[i] != want[i] {
					return fmt.Errorf("slot %d: the GPU has %x, the mirror %x", p.First+i, arena.Bytes(got[i:i+1]), arena.Bytes(want[i:i+1]))
				}
			}
		}
		have += n
	}
	if have < drawn {
		return fmt.Errorf("the GPU has %d slots of the %d to draw", have, drawn)
	}
	return nil
}

// inPicture looks for what the shader says of the values: it counts the white pixels and fails at a red one.
func inPicture(img *image.NRGBA) (white int, err error) {
	for i := 0; i < len(img.Pix); i += 4 {
		switch [3]byte(img.Pix[i:]) {
		case [3]byte{255, 255, 255}:
			white++
		case [3]byte{255, 0, 0}:
			return white, fmt.Errorf("the GPU drew a value that does not vouch for itself at %d,%d", i%img.Stride/4, i/img.Stride)
		}
	}
	return white, nil
}
