//go:build cgo

package upload

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
)

// Page is one storage buffer of the GPU side: slot First+i of the arena lies at byte i*sizeof(T) of Buffer.
// A page is never moved, resized or replaced. Buffer has usages Storage, CopyDst and CopySrc.
type Page struct {
	Buffer *wgpu.Buffer
	First  int // arena index of the first slot
	Count  int // slots
}

const (
	defaultPageBytes = 64 << 20  // half of what every device binds; a million matrices
	minPageBytes     = 256 << 10 // of the first page of a small arena
	maxWriteBytes    = 16 << 20  // bytes get dear from 64 MiB in one write
	maxStaged        = 64 << 20  // bytes that wait in the queue, in memory of wgpu's, before they are flushed
)

// grow appends pages until slots below top have one. Each new page is as large as all before it, or as what is
// missing if that is more, between minPage and maxPage slots: few pages, and small ones for a small arena.
func (u *core) grow(top int) error {
	for have := u.slots(); have < top; have = u.slots() {
		want := max(top-have, have)
		count := min(max(ceilPow2(want), u.minPage), u.maxPage)
		buffer, err := u.gpu.createBuffer(fmt.Sprintf("slotstream page %d", len(u.pages)),
			wgpu.BufferUsageStorage|wgpu.BufferUsageCopyDst|wgpu.BufferUsageCopySrc, count*u.limits.stride)
		if err != nil {
			return fmt.Errorf("upload: create page %d of %d slots (%d bytes) for %d slots in all: %w; lower Config.PageSlots or the arena's MaxSlots",
				len(u.pages), count, count*u.limits.stride, top, err)
		}
		u.pages = append(u.pages, Page{Buffer: buffer, First: have, Count: count})
	}
	return nil
}

// slots is how many slots the pages hold.
func (u *core) slots() int {
	if len(u.pages) == 0 {
		return 0
	}
	last := u.pages[len(u.pages)-1]
	return last.First + last.Count
}
