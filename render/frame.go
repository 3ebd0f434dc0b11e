//go:build cgo || js

package render

import (
	"fmt"
	"time"

	"github.com/slotstream/slotstream/upload/gpu"
)

// FrameStats tells what a frame did, and where its time on the CPU went. Lacking comes from the GPU without waiting: it
// is the number of a frame a few frames ago.
type FrameStats struct {
	Wait    time.Duration // waiting until the GPU finished the frame before the last
	Acquire time.Duration // getting the target's view; with vsync a window may wait here
	Descend time.Duration // copying changed slots from the arenas to their mirrors
	Plan    time.Duration // choosing the calls that upload
	Write   time.Duration // making these calls
	Encode  time.Duration // recording the commands that draw
	Submit  time.Duration // handing them to the GPU's queue
	Present time.Duration // presenting the target; with vsync a window may wait here

	Frame     uint64 // number of the frame; a renderer's first frame is 1
	HighWater int    // slots to draw, with freed and invisible ones, summed over the batches
	Updated   int    // uploaded slots, summed over the batches
	Torn      int    // torn slots (see package arena), summed over the arenas: the next frame looks again
	Calls     int    // queue writes of the upload
	Bytes     int    // bytes that they carried
	Lacking   int    // slots in view whose shape the batch's MeshSet lacks: nothing is drawn for them
}

// Frame draws one frame: it waits until at most one frame is in flight, acquires the target's view, descends once into
// each arena of the batches, uploads what the batches lack, records the commands, submits them, and presents the
// target. The batches may have different slot types. Each must be made for this renderer: another's batch, or a target
// of another device or format, is an error.
//
// An error that wraps ErrSkip says that the target cannot take a frame now. Then Frame neither descended nor uploaded.
// After any error, changes that were not drawn come with the next frame.
//
// Frame allocates no memory of its own. You may descend yourself before and after it, as often as you like: the batches
// follow their arenas, so nothing is uploaded twice. Call Frame on the render goroutine. Writers of the arenas go on
// meanwhile.
func (r *Renderer) Frame(t Target, c *Camera, batches ...Drawable) (FrameStats, error) {
	var s FrameStats
	if err := r.checkTarget(t); err != nil {
		return s, err
	}
	if err := r.checkScene("Frame", c, batches); err != nil {
		return s, err
	}
	var w stopwatch
	defer w.leave()
	w.enter("wait")
	fence := r.pacer.next()
	s.Wait = w.leave()
	if err := gpu.Fault(r.device.GPU); err != nil {
		return s, fmt.Errorf("render: %w", err)
	}
	w.enter("acquire")
	view, err := t.Acquire()
	s.Acquire = w.leave()
	if err != nil {
		return s, err
	}
	w.enter("descend")
	s.Torn = descend(batches)
	s.Descend = w.leave()
	if err := s.upload(batches); err != nil {
		return s, err
	}
	if err := r.expired(); err != nil {
		return s, err
	}
	w.enter("encode")
	encoder, err := r.device.GPU.CreateCommandEncoder(nil)
	if err != nil {
		return s, fmt.Errorf("render: create encoder: %w", err)
	}
	defer encoder.Release()
	width, height := t.Size()
	s.Frame = r.encoded + 1
	if err := r.Encode(encoder, view, width, height, c, batches...); err != nil {
		return s, err
	}
	commands, err := encoder.Finish(nil)
	if err != nil {
		return s, fmt.Errorf("render: encode frame: %w", err)
	}
	for _, b := range batches {
		s.Lacking += b.lackingShapes()
	}
	s.Encode = w.leave()
	if err := r.expired(); err != nil { // Encode makes buffers, too, when it needs new or larger ones
		commands.Release()
		return s, err
	}
	w.enter("submit")
	r.device.Queue.Submit(commands)
	fence.Set(r.device.GPU)
	r.pacer.frames++
	commands.Release()
	s.Submit = w.leave()
	w.enter("present")
	if err := t.Present(); err != nil {
		return s, err
	}
	s.Present = w.leave()
	return s, nil
}

// expired returns an error if the browser has shown the frame's texture already: it does so while the program waits.
func (r *Renderer) expired() error {
	if r.expiring != nil && r.expiring.Expired() {
		return fmt.Errorf("%w: the browser showed the frame while a buffer or a pipeline was made", ErrSkip)
	}
	return nil
}

// descend descends once into each arena of the batches, and returns how many slots were torn.
func descend(batches []Drawable) (torn int) {
	for i, b := range batches {
		first := true
		for _, before := range batches[:i] {
			first = first && before.source() != b.source()
		}
		if first {
			torn += b.descend().Torn
		}
	}
	return torn
}

// upload brings the batches up to date with the mirrors, and adds up the figures.
func (s *FrameStats) upload(batches []Drawable) error {
	for _, b := range batches {
		u, err := b.Upload()
		if err != nil {
			return err
		}
		s.Plan += u.Plan
		s.Write += u.Write
		s.HighWater += u.HighWater
		s.Updated += u.Updated
		s.Calls += u.Calls
		s.Bytes += u.Bytes
	}
	return nil
}
