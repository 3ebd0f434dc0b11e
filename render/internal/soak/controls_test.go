package soak

import (
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/upload"
)

// Every check of the soak finds what it looks for.
func TestControls(t *testing.T) {
	drawn := func(s *stage, c *crowd) error { return s.frame() }
	for _, control := range []struct {
		name string
		do   func(t *testing.T, s *stage, w *fountain, d *drop) // the fault
		look func(*stage, *crowd) error
		want string
	}{
		{"torn value accepted", func(t *testing.T, s *stage, w *fountain, d *drop) {
			other := key{d.last.index, d.last.life, d.last.n + 1}.value()
			v := d.last.value()
			copy(v[8:], other[8:])
			d.slot.Store(&v)
		}, drawn, "is torn"},
		{"torn key accepted", func(t *testing.T, s *stage, w *fountain, d *drop) {
			v := d.last.value()
			v[2]++
			d.slot.Store(&v)
		}, drawn, "is torn"},
		{"value of another slot", func(t *testing.T, s *stage, w *fountain, d *drop) {
			v := w.drops[1].last.value()
			d.slot.Store(&v)
		}, drawn, "holds a value of another"},
		{"older store", func(t *testing.T, s *stage, w *fountain, d *drop) {
			v := key{d.last.index, d.last.life, d.last.n - 1}.value()
			d.slot.Store(&v)
		}, drawn, "went back to an older store"},
		{"freed occupant", func(t *testing.T, s *stage, w *fountain, d *drop) {
			v := key{d.last.index, d.last.life - 1, d.last.n + 1}.value()
			d.slot.Store(&v)
		}, drawn, "went back to a freed occupant"},
		{"occupant after its end", func(t *testing.T, s *stage, w *fountain, d *drop) {
			var hidden value
			d.slot.Store(&hidden)
			must(t, s.frame())
			v := key{d.last.index, d.last.life, d.last.n + 1}.value()
			d.slot.Store(&v)
		}, drawn, "went back to a freed occupant"},
		{"lost store", func(t *testing.T, s *stage, w *fountain, d *drop) {
			d.last.n++ // as if it had been stored
		}, (*stage).rest, "a store was lost"},
		{"slot that nobody owns", func(t *testing.T, s *stage, w *fountain, d *drop) {
			w.drops = w.drops[1:]
		}, (*stage).rest, "is free but shows"},
		{"two owners", func(t *testing.T, s *stage, w *fountain, d *drop) {
			w.drops = append(w.drops, *d)
		}, (*stage).rest, "two owners"},
		{"wrong byte on the GPU", func(t *testing.T, s *stage, w *fountain, d *drop) {
			v := d.last.value()
			v[15] ^= 1 << 24
			page := s.batch.Uploader().Pages()[0].Buffer
			must(t, s.device.Queue.WriteBuffer(page, uint64(64*d.slot.Index()), arena.Bytes([]value{v})))
		}, func(s *stage, c *crowd) error { return s.check() }, "the GPU has"},
		{"wrong byte in the picture", func(t *testing.T, s *stage, w *fountain, d *drop) {
			page := s.batch.Uploader().Pages()[0].Buffer
			for i := range w.drops { // all, so that one is in view
				v := w.drops[i].last.value()
				v[15] ^= 1 << 24
				must(t, s.device.Queue.WriteBuffer(page, uint64(64*w.drops[i].slot.Index()), arena.Bytes([]value{v})))
			}
			_, err := s.renderer.Frame(s.target, &s.camera, s.batch)
			must(t, err)
		}, func(s *stage, c *crowd) error {
			img, err := s.target.Image()
			if err == nil {
				_, err = inPicture(img)
			}
			return err
		}, "does not vouch for itself"},
	} {
		t.Run(control.name, func(t *testing.T) {
			s := newStage(t)
			must(t, s.use(upload.Ranges))
			must(t, s.resize(256, 192))
			c := newCrowd(s.arena, 0)
			w := &fountain{crowd: c}
			c.writers = append(c.writers, w)
			for range 512 {
				var d drop
				life, err := c.born(func(v value) (err error) {
					d.slot, err = s.arena.Alloc(v)
					return err
				})
				must(t, err)
				d.last = key{uint32(d.slot.Index()), life, 9}
				v := d.last.value()
				d.slot.Store(&v)
				w.drops = append(w.drops, d)
			}
			must(t, s.frame())
			must(t, s.rest(c))
			control.do(t, s, w, &w.drops[100])
			if err := control.look(s, c); err == nil || !strings.Contains(err.Error(), control.want) {
				t.Errorf("%v, want %q", err, control.want)
			}
		})
	}
}

func TestMemoryControl(t *testing.T) {
	const kib = 1 << 10
	if _, _, err := flat([]int{5100 * kib, 6100 * kib, 4900 * kib, 7000 * kib, 5500 * kib, 5100 * kib}); err != nil {
		t.Error(err)
	}
	if _, _, err := flat([]int{5100 * kib, 5500 * kib, 6000 * kib, 6600 * kib, 7100 * kib, 7700 * kib}); err == nil {
		t.Error("memory that grows by 2.2 MiB was called flat")
	}
	before := bytesInUse()
	if before == 0 {
		t.Skip("the C library does not say what is allocated: the soak cannot look at memory here")
	}
	s := newStage(t)
	must(t, s.use(upload.Auto))
	must(t, s.frame())
	if grown := bytesInUse() - before; grown < 2<<20 {
		t.Errorf("an open device shows as %d bytes", grown)
	}
	s.close()
	if grown := bytesInUse() - before; grown > 2<<20 {
		t.Errorf("%d bytes are left of a closed device", grown)
	}
	leaked := make([]byte, 8<<20)
	if grown := bytesInUse() - before; grown < 7<<20 { // others may give back a little meanwhile
		t.Errorf("8 MiB more show as %d bytes", grown)
	}
	runtime.KeepAlive(leaked)
}

func TestGoroutineControl(t *testing.T) {
	before := goleak.IgnoreCurrent()
	end := make(chan struct{})
	go func() { <-end }()
	if goleak.Find(before) == nil {
		t.Error("a leaked goroutine was not found")
	}
	close(end)
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
