package shared

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/slotstream/slotstream/arena/internal/foreign"
)

const (
	magic     = "SLOTSHM1"
	version   = 1
	byteOrder = 0x01020304

	atClosed = 256
	atTicks  = 320  // three, a cache line each
	atMiddle = 1024 // the first line for a middle word
	atNews   = 4096
)

// header is the start of a block, as the package comment lists it. The host writes it before the writer has the
// block, and never reads it: the writer can change it.
type header struct {
	Magic                [8]byte
	Version, Order       uint32
	Bytes, Slots         uint64
	SlotBytes, Seeded    uint32
	Index                uint64
	News, NewsStride     uint64
	Values, ValuesStride uint64
	Lives, Middle        uint64
	_                    [32]byte
	Layout, Name         [64]byte
}

// A block is the memory of one writer's life, mapped here and there.
type block struct {
	foreign.Block
	fd  int // -1 once the writer has a descriptor of its own
	mem []byte
}

// blocks counts them, so that their middle words lie at different lines of their pages: at one line they would all
// fall into one set of the cache, which has room for a dozen.
var blocks atomic.Uint64

const middleLines = (atNews - atMiddle) / 64

// newBlock makes a block for h.Slots slots of h.SlotBytes bytes; it fills in the rest of the header. All of its pages
// are there before the writer has it: a lack of memory is an error here, and no fault later.
func newBlock(h header) (*block, error) {
	words := (h.Slots + 63) / 64
	h.Magic, h.Version, h.Order = [8]byte([]byte(magic)), version, byteOrder
	h.News, h.NewsStride = atNews, up(words*8, 64)
	h.Values, h.ValuesStride = up(h.News+3*h.NewsStride, 4096), up(h.Slots*uint64(h.SlotBytes), 4096)
	h.Bytes = h.Values + 3*h.ValuesStride
	h.Middle = atMiddle + blocks.Add(1)%middleLines*64

	fd, mem, err := shareMemory(int(h.Bytes))
	if err != nil {
		return nil, fmt.Errorf("making %d bytes of shared memory: %w", h.Bytes, err)
	}
	if _, err := binary.Encode(mem, binary.NativeEndian, h); err != nil {
		panic(err)
	}
	b := &block{fd: fd, mem: mem}
	b.Middle = (*atomic.Uint32)(b.at(h.Middle))
	b.Middle.Store(1)
	for i := range uint64(3) {
		b.Ticks[i] = (*[2]atomic.Uint64)(b.at(atTicks + 64*i))
		b.News[i] = unsafe.Slice((*uint64)(b.at(h.News+i*h.NewsStride)), words)
		b.Values[i] = b.at(h.Values + i*h.ValuesStride)
	}
	b.Attached, b.Detached = make(chan struct{}), make(chan struct{})
	return b, nil
}

func (b *block) at(i uint64) unsafe.Pointer { return unsafe.Pointer(&b.mem[i]) }

// close tells the writer that no Descend looks here any more.
func (b *block) close() { (*atomic.Uint32)(b.at(atClosed)).Store(1) }

// forget closes the descriptor. The memory stays.
func (b *block) forget() {
	if b.fd >= 0 {
		closeDescriptor(b.fd)
		b.fd = -1
	}
}

// free gives the memory back.
func (b *block) free() {
	b.forget()
	unmap(b.mem)
	b.mem = nil
}

// up rounds n up to a multiple of to.
func up(n, to uint64) uint64 { return (n + to - 1) / to * to }
