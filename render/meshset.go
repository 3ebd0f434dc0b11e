//go:build cgo || js

package render

import (
	"errors"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
	"github.com/go-gl/mathgl/mgl32"
)

// Shapes is what the slots of a batch show: a *Mesh or a *MeshSet. Only these implement it.
type Shapes interface {
	// set returns the meshes. It panics if they were released.
	set(doing, what string) *MeshSet
}

// A MeshSet is up to 256 meshes that the slots of one arena show: shape 0, shape 1 and so on, in the order of
// NewMeshSet. Batch.SetShape, or a function shape of BatchConfig.Record, says which slot shows which. A batch of a set
// costs what one batch of its slots costs, and a little more for each mesh: see MEASURED.md. Any number of batches may
// show a set. Make, change and release sets on the render goroutine.
type MeshSet struct {
	life
	device *Device
	shapes []setShape
	draws  []setDraw // those of shape 0 from its full mesh to its simplest, then those of shape 1, and so on
	used   bool      // a batch shows the set: it cannot change any more
	mesh   *Mesh     // the set is this mesh alone: they end together
}

// A setShape is a shape of a set.
type setShape struct {
	center, half mgl32.Vec3 // the box of its mesh
	fill         float32    // how much of the box's silhouette the mesh covers on average
	color        Color      // mean of its vertices' colours
	first, draws int        // in MeshSet.draws
	below        mgl32.Vec4 // pixels; see Detail
}

// A setDraw is a mesh of a set: a shape's own, or a simpler one.
type setDraw struct {
	data  *meshData // nil: a square
	kind  meshKind
	shape int
	inner float32 // how much of the box of the shape is within the mesh: see innerPart
}

// A meshKind is how a mesh is drawn. Each kind has shaders of its own.
type meshKind int

const (
	kindMesh    meshKind = iota
	kindColored          // a mesh whose vertices have colours
	kindLine             // by vertex_line.wgsl
	kindPoint            // by vertex_point.wgsl
	kindCube             // by corner.wgsl, cubeRun cubes an instance
	kindSquare           // by vertex_square.wgsl, cubeRun squares an instance
	meshKinds
)

// hasVertices reports whether the vertices come from a buffer, one instance for each slot.
func (k meshKind) hasVertices() bool { return k < kindCube }

// isSurface reports whether the fragment stage finds the surface, and its depth.
func (k meshKind) isSurface() bool { return k == kindLine || k == kindPoint }

// depthStage is the entry point of the fragment stage of shadow maps; "" for none.
func (k meshKind) depthStage() string {
	if k.isSurface() {
		return "fs_depth"
	}
	return ""
}

const (
	maxShapes = 256
	maxDetail = 4 // simpler meshes of a shape
)

// NewMeshSet makes a set of the meshes. It copies no memory, and keeps what it needs of them: you may release the
// meshes at once, and must release the set after its batches. It returns an error if there is no mesh, if there are
// more than 256, or if one belongs to another device.
func NewMeshSet(d *Device, meshes ...*Mesh) (*MeshSet, error) {
	d.check("NewMeshSet")
	if len(meshes) == 0 || len(meshes) > maxShapes {
		return nil, fmt.Errorf("render: NewMeshSet: %d meshes: a set has 1 to %d", len(meshes), maxShapes)
	}
	s := &MeshSet{device: d}
	for _, m := range meshes {
		if err := s.check("NewMeshSet", m); err != nil {
			return nil, err
		}
	}
	for i, m := range meshes {
		s.shapes = append(s.shapes, setShape{center: m.center, half: m.half, fill: m.fill, color: m.color, first: i, draws: 1, below: mgl32.Vec4{-1, -1, -1, -1}})
		s.draws = append(s.draws, m.draw(i))
		m.data.keep()
	}
	return s, nil
}

// Detail gives a shape a simpler mesh for the distance: where the diagonal of the shape's box is shorter than so many
// pixels of the picture, a slot shows simpler, at once, with no blend. A shape has up to four simpler meshes; call
// Detail for the largest number of pixels first. The box is that of the shape's own mesh, and its diagonal does not
// change as a slot turns.
//
// If simpler is nil, a slot shows a square across the line of sight, as large as the shape is on average, in the mean
// colour of the sides that the eye sees. Use it below about 4 pixels, or below 1.5 where thousands stand close
// together: MEASURED.md has figures.
//
// A picture depends on the frame alone: the same slots and the same camera give the same picture. A shadow map counts
// its own pixels. Detail returns an error for a shape that the set lacks, for pixels that are not positive or not fewer
// than before, for a fifth mesh, and for a mesh of another device. It panics once a batch shows the set.
func (s *MeshSet) Detail(shape int, simpler *Mesh, pixels float32) error {
	needs(s, "Detail", "the set")
	s.alive("Detail", "the set")
	if s.used {
		panic("render: Detail: a batch shows the set already: call Detail before NewBatch")
	}
	if shape < 0 || shape >= len(s.shapes) {
		return fmt.Errorf("render: Detail: shape %d of a set of %d: use 0 to %d", shape, len(s.shapes), len(s.shapes)-1)
	}
	of := &s.shapes[shape]
	if of.draws > maxDetail {
		return fmt.Errorf("render: Detail: shape %d has %d simpler meshes already: use %d at most", shape, maxDetail, maxDetail)
	}
	if !(pixels > 0) || !finite(pixels) {
		return fmt.Errorf("render: Detail: %v pixels: give a positive number", pixels)
	}
	if of.draws > 1 && pixels >= of.below[of.draws-2] {
		return fmt.Errorf("render: Detail: %v pixels after %v: give the largest number first", pixels, of.below[of.draws-2])
	}
	draw := setDraw{kind: kindSquare, shape: shape}
	if simpler != nil {
		if err := s.check("Detail", simpler); err != nil {
			return err
		}
		draw = simpler.draw(shape)
		draw.inner = simpler.innerOf(of.center, of.half)
		simpler.data.keep()
	}
	at := of.first + of.draws
	s.draws = append(s.draws[:at], append([]setDraw{draw}, s.draws[at:]...)...)
	of.below[of.draws-1] = pixels
	of.draws++
	for i := shape + 1; i < len(s.shapes); i++ {
		s.shapes[i].first++
	}
	return nil
}

// check reports whether m can join the set.
func (s *MeshSet) check(doing string, m *Mesh) error {
	needs(m, doing, "a mesh")
	m.alive(doing, "a mesh")
	if m.device != s.device {
		return errors.New("render: " + doing + ": a mesh belongs to another device: make it with the set's device")
	}
	return nil
}

func (s *MeshSet) set(doing, what string) *MeshSet {
	needs(s, doing, what)
	if s.mesh != nil {
		s.mesh.alive(doing, what)
	}
	s.alive(doing, what)
	return s
}

// detailed reports whether a shape has simpler meshes.
func (s *MeshSet) detailed() bool { return len(s.draws) > len(s.shapes) }

// Release ends the set: its meshes' memory is freed unless others need it. Release its batches first. A second Release
// does nothing.
func (s *MeshSet) Release() {
	if !s.end() {
		return
	}
	for _, d := range s.draws {
		if d.data != nil {
			d.data.drop()
		}
	}
	s.device.flush()
}

// meshData is a mesh's memory on the GPU. The mesh and the sets that have it keep it.
type meshData struct {
	vertices, indices *wgpu.Buffer
	count             uint32 // of indices
	kept              int    // how often
}

func (d *meshData) keep() { d.kept++ }

func (d *meshData) drop() {
	if d.kept--; d.kept == 0 {
		releaseAll(d.vertices, d.indices)
	}
}

// set returns the mesh as a set of one.
func (m *Mesh) set(doing, what string) *MeshSet {
	needs(m, doing, what)
	m.alive(doing, what)
	if m.alone == nil {
		m.alone = &MeshSet{
			device: m.device, used: true, mesh: m, draws: []setDraw{m.draw(0)},
			shapes: []setShape{{center: m.center, half: m.half, fill: m.fill, color: m.color, draws: 1, below: mgl32.Vec4{-1, -1, -1, -1}}},
		}
	}
	return m.alone
}

// draw returns how a set draws the mesh.
func (m *Mesh) draw(shape int) setDraw {
	d := setDraw{data: m.data, shape: shape, inner: m.inner}
	switch {
	case m.surface != 0:
		d.kind = m.surface
	case m.cube:
		d.kind = kindCube
	case m.colored:
		d.kind = kindColored
	}
	return d
}
