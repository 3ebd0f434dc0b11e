package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-gl/mathgl/mgl32"
	"github.com/go-gl/mathgl/mgl64"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/aabb"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/internal/words"
	"github.com/slotstream/slotstream/render"
)

// A stream is an arena of a source, and everything that draws it. The interface hides the type of the slots.
type stream interface {
	stage.Layer

	// joined tells that a part is new, or has changed.
	joined(p *part)
	left(p *part)
	recast(parts []*part) // replaces all parts
	parted() []*part      // in the order in which they came

	sync(now time.Duration) // after each Descend: hears its ticks, and sets the batches' clocks; now is the viewer's
	look(now bool) bool     // brings the figures below up to date; reports whether they may have changed
	moved() bool            // whether something has changed since the last call
	extent() (lo, hi mgl32.Vec3, floor float32, ok bool)
	reboxed() bool // whether a box has changed since the last call of boxes
	boxes(all []aabb.Box) []aabb.Box
	seen() (visible, moving int, moves bool)
	refit()
	setOrigin(by mgl32.Vec3)
	// at returns where a slot is at now on the viewer's clock, in the scene and in its part's own coordinates.
	at(slot int, now time.Duration) (place mgl32.Vec3, reach float32, own mgl32.Vec3, visible bool)
	partOf(slot int) *part
	taped
	draws() int // number of batches
	slots() int
}

// arenaOf is the stream of an arena of Ts.
type arenaOf[T any] struct {
	stage.Slots[T] // Drawn stays nil
	viewer         *Viewer
	census         census[T]
	changes        *arena.Backlog
	parts          []*part
	drawn          []*drawing[T]
	stale          bool        // the parts have changed since the batches were made
	casts          int         // counts the changes of the parts
	fresh          bool        // something has changed since the last call of moved
	upright        *upright[T] // what is drawn of lines and points whose part has another frame; nil: none has
	origin         mgl32.Vec3
	renderer       *render.Renderer
	cfg            render.BatchConfig
}

// A drawing draws those parts of an arena that have the same frame.
type drawing[T any] struct {
	frame   frame
	parts   []*part
	shapes  []shape
	index   map[shape]uint8 // of shapes
	set     *render.MeshSet
	batch   *render.Batch[T]
	shaped  int  // slots that have their shapes
	upright bool // it draws the upright arena

	colored, tints bool // a part says colours; each slot has one
}

func newStream[T any](v *Viewer, a *arena.Arena[T], k kind[T]) *arenaOf[T] {
	s := &arenaOf[T]{Slots: stage.Slots[T]{Arena: a}, viewer: v, changes: a.Follow()}
	s.census = census[T]{kind: k, arena: a, news: a.Follow(), turn: s.turn}
	return s
}

func (s *arenaOf[T]) joined(p *part) {
	s.left(p)
	s.recast(append(s.parts, p))
}

func (s *arenaOf[T]) left(p *part) {
	for i, other := range s.parts {
		if other.name == p.name {
			s.recast(append(s.parts[:i:i], s.parts[i+1:]...))
			return
		}
	}
}

func (s *arenaOf[T]) recast(parts []*part) {
	s.parts, s.stale = parts, true
	s.casts++
}

func (s *arenaOf[T]) parted() []*part { return s.parts }

// partOf returns the part that has a slot, or nil.
func (s *arenaOf[T]) partOf(slot int) *part {
	for _, p := range s.parts {
		if p.has(slot) {
			return p
		}
	}
	return nil
}

// turn turns a place of a slot into the scene's coordinates, before the stream is moved.
func (s *arenaOf[T]) turn(slot int, at mgl32.Vec3) mgl32.Vec3 {
	p := s.partOf(slot)
	if p == nil || p.frame() == (frame{unit: 1}) {
		return at
	}
	return p.frame().point(at)
}

// Draw keeps what Batches needs.
func (s *arenaOf[T]) Draw(r *render.Renderer, _ *render.Mesh, cfg render.BatchConfig) error {
	s.renderer, s.cfg = r, cfg
	return s.build()
}

// Batches appends the batches. If the parts have changed, it makes new ones.
func (s *arenaOf[T]) Batches(all []render.Drawable) []render.Drawable {
	if s.stale {
		if err := s.build(); err != nil {
			s.viewer.warn(err)
		}
	}
	for _, d := range s.drawn {
		d.shape(len(s.Arena.Mirror()))
		all = append(all, d.batch)
	}
	return all
}

// Descend also turns what has changed.
func (s *arenaOf[T]) Descend() {
	s.Slots.Descend()
	if s.upright != nil {
		s.viewer.warn(s.upright.update())
	}
}

// turns makes the slots turned if a part needs it.
func (s *arenaOf[T]) turns() (err error) {
	switch {
	case s.upright != nil:
		s.upright.again()
	case slices.ContainsFunc(s.parts, func(p *part) bool { return p.frame() != (frame{unit: 1}) }):
		s.upright, err = newUpright(s.Arena, func(slot int, v T) T {
			if p := s.partOf(slot); p != nil {
				return s.census.kind.turn(v, p.frame())
			}
			return v
		})
	}
	if err == nil && s.upright != nil {
		err = s.upright.update()
	}
	return err
}

// build makes a batch for each frame of the parts. A batch that draws what it drew before stays.
func (s *arenaOf[T]) build() error {
	s.stale = false
	old := s.drawn
	s.drawn = nil
	defer func() {
		for _, d := range old {
			d.release()
		}
	}()
	if s.census.bare {
		if err := s.turns(); err != nil {
			return err
		}
	}
	var all []*drawing[T]
parts:
	for _, p := range s.parts {
		for _, d := range all {
			if d.frame == p.frame() || s.census.bare {
				d.parts = append(d.parts, p)
				continue parts
			}
		}
		all = append(all, &drawing[T]{frame: p.frame(), parts: []*part{p}})
	}
	for _, d := range all {
		if !s.census.bare {
			d.choose(s.census.tints)
		}
		for i, was := range old {
			if was != nil && was.frame == d.frame && was.upright == (s.upright != nil) && slices.Equal(was.shapes, d.shapes) && len(all) == 1 && len(old) == 1 {
				d.set, d.batch, d.upright, old[i] = was.set, was.batch, was.upright, nil
				break
			}
		}
		if d.batch == nil {
			if err := d.make(s, len(all) > 1); err != nil {
				return err
			}
		}
		s.drawn = append(s.drawn, d)
	}
	s.setOrigin(s.origin)
	return nil
}

// make makes the batch. Beside other batches of the arena it has shapes also if it has only one, as the slots of the
// others have none.
func (d *drawing[T]) make(s *arenaOf[T], others bool) (err error) {
	cfg, v := s.cfg, s.viewer
	if d.frame != (frame{unit: 1}) && s.census.record != "" {
		cfg.Record = d.frame.wgsl(s.census.record)
	}
	if s.census.bare {
		drawn := s.Arena
		if d.upright = s.upright != nil; d.upright {
			drawn = s.upright.to
		}
		d.batch, err = render.NewBatch(s.renderer, drawn, nil, cfg)
		return err
	}
	var meshes []*render.Mesh
	for _, shape := range d.shapes {
		mesh, err := v.meshes.mesh(v.scene.Device(), shape)
		if err != nil {
			return err
		}
		meshes = append(meshes, mesh)
		if shape.colored {
			cfg.Colors = []render.Color{{1, 1, 1, 1}}
		}
	}
	if len(meshes) == 1 && !others {
		d.batch, err = render.NewBatch(s.renderer, s.Arena, meshes[0], cfg)
		return err
	}
	if len(meshes) == 1 { // NewMeshSet of one mesh draws it alone
		meshes = append(meshes, meshes[0])
	}
	if d.set, err = render.NewMeshSet(v.scene.Device(), meshes...); err == nil {
		d.batch, err = render.NewBatch(s.renderer, s.Arena, d.set, cfg)
	}
	return err
}

// wgsl returns a record's WGSL whose model is turned from the frame's coordinates into the scene's.
func (f frame) wgsl(record string) string {
	m := f.matrix()
	var numbers []string
	for _, n := range m {
		numbers = append(numbers, fmt.Sprintf("%g", n))
	}
	return strings.Replace(record, "fn model(", "fn framed(", 1) +
		"\nfn model(r: Record) -> mat4x4f { return mat4x4f(" + strings.Join(numbers, ", ") + ") * framed(r); }\n"
}

func (d *drawing[T]) release() {
	if d == nil {
		return
	}
	if d.batch != nil {
		d.batch.Release()
	}
	if d.set != nil {
		d.set.Release()
	}
}

// lead returns the part whose clock and tick the batch has: the first one that is alive.
func (d *drawing[T]) lead() *part {
	for _, p := range d.parts {
		if !p.gone && p.clock.known {
			return p
		}
	}
	return d.parts[0]
}

func (s *arenaOf[T]) sync(now time.Duration) {
	for _, t := range s.changes.Ticks() {
		for _, p := range s.parts {
			if p.group == t.Group && p.group != 0 {
				p.hear(t.To, now)
			}
		}
	}
	s.fresh = s.fresh || len(s.changes.Ranges())+len(s.changes.Ticks()) > 0
	s.changes.Clear()
	for _, d := range s.drawn {
		d.batch.SetClock(-d.lead().clock.offset)
		d.batch.SetTick(min(d.lead().tick, time.Hour))
	}
}

// Clock returns the time on the clock of the arena's motions. It stops where the last tick's motions end, until the
// next tick comes: a simulation that is slower than real time would make it go back with each tick.
func (s *arenaOf[T]) Clock(now time.Duration) time.Duration {
	if len(s.drawn) == 0 {
		return now
	}
	p := s.drawn[0].lead()
	at := now - p.clock.offset
	if p.timed && p.tick > 0 {
		at = min(at, p.last.Time+p.tick)
	}
	return at
}

// Metadata describes the arena as its parts describe themselves. Where it is too long, it says less of the last ones.
func (s *arenaOf[T]) Metadata(most int) map[string]string {
	var writers []framing.Writer
	for _, p := range s.parts {
		if p.count == everything {
			return p.metadata
		}
		writers = append(writers, framing.Writer{Name: p.name, Group: p.group, First: p.first, Count: p.count, Metadata: p.metadata})
	}
	m, all := framing.WithWriters(writers, most)
	if !all {
		s.viewer.warn(fmt.Errorf("what %s say of themselves is too long for a recording or a publication: it says less of the last of them",
			words.Plural(len(writers), "writer")))
	}
	return m
}

// Changes counts the changes of the parts.
func (s *arenaOf[T]) Changes() int { return s.casts }

func (s *arenaOf[T]) look(now bool) bool { return s.census.look(now) }

func (s *arenaOf[T]) moved() bool {
	was := s.fresh
	s.fresh = false
	return was
}

func (s *arenaOf[T]) extent() (lo, hi mgl32.Vec3, floor float32, ok bool) {
	return s.census.lo, s.census.hi, s.census.floor, s.census.known
}

func (s *arenaOf[T]) reboxed() bool { return s.census.rebox }

func (s *arenaOf[T]) boxes(all []aabb.Box) []aabb.Box { return s.census.boxes(all) }

func (s *arenaOf[T]) seen() (visible, inMotion int, moves bool) {
	return s.census.seen(), s.census.count[moving], s.census.moves
}

func (s *arenaOf[T]) refit() { s.census.refit() }

func (s *arenaOf[T]) setOrigin(by mgl32.Vec3) {
	s.origin = by
	for _, d := range s.drawn {
		d.batch.SetOrigin(mgl64.Vec3{float64(by[0]), float64(by[1]), float64(by[2])})
	}
}

func (s *arenaOf[T]) draws() int { return len(s.drawn) }

func (s *arenaOf[T]) at(slot int, now time.Duration) (place mgl32.Vec3, reach float32, own mgl32.Vec3, visible bool) {
	mirror := s.Arena.Mirror()
	if slot < 0 || slot >= len(mirror) {
		return place, 0, own, false
	}
	if is := s.census.state(&mirror[slot]); is != resting && is != moving {
		return place, 0, own, false
	}
	own, reach = s.census.place(&mirror[slot])
	if p := s.partOf(slot); s.census.blend != nil && p != nil {
		own = s.census.blend(&mirror[slot], now-p.clock.offset, p.tick)
	}
	place = s.turn(slot, own)
	reach = s.turn(slot, own.Add(mgl32.Vec3{reach, 0, 0})).Sub(place).Len()
	return place.Add(s.origin), reach, own, true
}

func (s *arenaOf[T]) slots() int { return s.Arena.Len() }

// Release frees the batches.
func (s *arenaOf[T]) Release() {
	for _, d := range s.drawn {
		d.release()
	}
	s.drawn = nil
}
