//go:build cgo || js

package upload

import (
	"fmt"

	"github.com/cogentcore/webgpu/wgpu"
)

// A Page is one storage buffer on the GPU. Slot First+i of the arena lies at byte i*sizeof(T) of Buffer. An uploader
// never moves, resizes or replaces a page. Buffer has the usages Storage, CopyDst and CopySrc.
type Page struct {
	Buffer *wgpu.Buffer
	First  int // arena index of the first slot
	Count  int // slots
}

const (
	defaultPageBytes = 64 << 20  // half of what every device can bind: a million matrices
	minPageBytes     = 256 << 10 // of the first page of a small arena
	maxWriteBytes    = 16 << 20  // a byte costs more in writes of 64 MiB and above
	maxQueued        = 64 << 20  // limits.queued
)

// grow appends pages until every slot below top has one. A new page is as large as all pages before it, or as large as
// the slots that lack a page if that is more, but always between minPage and maxPage slots. So there are few pages, and
// a small arena has a small one.
func (u *core) grow(top int) error {
	for have := u.slots(); have < top; have = u.slots() {
		want := max(top-have, have)
		count := min(max(ceilPow2(want), u.minPage), u.maxPage)
		buffer, err := u.gpu.createBuffer(fmt.Sprintf("slotstream page %d", len(u.pages)),
			wgpu.BufferUsageStorage|wgpu.BufferUsageCopyDst|wgpu.BufferUsageCopySrc, count*u.limits.stride)
		if err != nil {
			return fmt.Errorf("create page %d of %d slots (%d bytes) for %d slots in all: %w: lower Config.PageSlots or the arena's MaxSlots",
				len(u.pages), count, count*u.limits.stride, top, err)
		}
		u.pages = append(u.pages, Page{Buffer: buffer, First: have, Count: count})
	}
	return nil
}

// slots returns how many slots the pages hold.
func (u *core) slots() int {
	if len(u.pages) == 0 {
		return 0
	}
	last := u.pages[len(u.pages)-1]
	return last.First + last.Count
}
