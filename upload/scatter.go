//go:build cgo || js

package upload

import (
	"encoding/binary"
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
	"github.com/slotstream/slotstream/upload/internal/native"
)

const (
	workgroup       = 64      // threads, as shaders/scatter.wgsl says
	vecBytes        = 16      // the shader copies vec4s
	sectionBytes    = 16      // of a section's uniform, padded to 16
	sectionStride   = 256     // dynamic uniform offsets are multiples of this on every device
	maxScatterBytes = 8 << 20 // values in one submit
)

// scatterer packs changed slots into a staging buffer. A compute shader copies them from there to their pages.
//
// One queue write fills the staging buffer for each submit:
//
//	│ section 0 · section 1 · … │ places of section 0, 1, …       │ values of section 0, 1, … │
//	  256 bytes each              4 bytes each, padded to 16 bytes   stride bytes each
//
// A submit runs all queue writes that were made before it, and a later write runs after it. So each round is one write
// and then one submit, and the next round can use the same staging buffer.
type scatterer struct {
	stride int // bytes in a slot

	staging *wgpu.Buffer
	groups  []*wgpu.BindGroup // by page; nil until the page is first scattered from this staging buffer

	packed     []byte // the next contents of staging
	dispatches []native.Dispatch
	staged     [1]native.Write
}

// round uploads the sections of one submit and returns how many bytes it wrote.
func (s *scatterer) round(g backend, sections []section, p *plan, pages []Page, mirror []byte) (int, error) {
	slots := 0
	for _, section := range sections {
		slots += section.slots
	}
	places := len(sections) * sectionStride
	values := places + (slots*4+vecBytes-1)/vecBytes*vecBytes
	size := values + slots*s.stride
	if err := s.reserve(g, size, len(pages)); err != nil {
		return 0, err
	}

	s.dispatches = s.dispatches[:0]
	for i, section := range sections {
		page := pages[section.page]
		if s.groups[section.page] == nil {
			group, err := g.bindScatter(page.Buffer, s.staging)
			if err != nil {
				return 0, fmt.Errorf("bind page %d for scatter: %w", section.page, err)
			}
			s.groups[section.page] = group
		}
		head := s.packed[i*sectionStride:]
		binary.LittleEndian.PutUint32(head[0:], uint32(section.slots))
		binary.LittleEndian.PutUint32(head[4:], uint32(places/4))
		binary.LittleEndian.PutUint32(head[8:], uint32(values/vecBytes))
		native.Pack(s.packed[places:], s.packed[values:size], mirror, p.packed[section.from:section.to], page.First, s.stride)
		places += section.slots * 4
		values += section.slots * s.stride
		s.dispatches = append(s.dispatches, native.Dispatch{
			Group:         native.BindGroupOf(s.groups[section.page]),
			DynamicOffset: uint32(i * sectionStride),
			Workgroups:    uint32((section.slots*threads(s.stride/vecBytes) + workgroup - 1) / workgroup),
		})
	}
	s.staged[0] = native.Write{Buffer: native.BufferOf(s.staging), Size: uint64(size)}
	if err := g.write(s.packed, s.staged[:]); err != nil {
		return 0, fmt.Errorf("write %d bytes to the scatter staging buffer: %w", size, err)
	}
	if err := g.dispatchScatter(s.dispatches); err != nil {
		return 0, fmt.Errorf("scatter %d slots: %w", slots, err)
	}
	return size, nil
}

// reserve makes room for size bytes in staging, and for a bind group of each page.
func (s *scatterer) reserve(g backend, size, pages int) error {
	if size > len(s.packed) {
		size = ceilPow2(size)
		staging, err := g.createBuffer("slotstream scatter staging",
			wgpu.BufferUsageUniform|wgpu.BufferUsageStorage|wgpu.BufferUsageCopyDst, size)
		if err != nil {
			return fmt.Errorf("create a scatter staging buffer of %d bytes: %w", size, err)
		}
		s.release()
		s.staging, s.packed = staging, make([]byte, size)
	}
	for len(s.groups) < pages {
		s.groups = append(s.groups, nil)
	}
	return nil
}

func (s *scatterer) release() {
	for _, group := range s.groups {
		if group != nil {
			group.Release()
		}
	}
	if s.staging != nil {
		gpu.Free(s.staging)
	}
	s.staging, s.groups, s.packed = nil, s.groups[:0], nil
}

// threads returns how many threads copy a slot of vecs vec4s. Each copies up to 4, and all copy equally many.
func threads(vecs int) int {
	run := min(vecs, 4)
	for vecs%run != 0 {
		run--
	}
	return vecs / run
}
