package info

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/foxglove/mcap/go/mcap"
)

// Contents are the records of an MCAP file (https://mcap.dev/spec), as their heads tell.
type contents struct {
	channels []*channel // in the order of the file
	chunks   int
	packings map[string]*packing // by the name of the compression
}

type channel struct {
	id       uint16
	topic    string
	messages int // by the indexes of the chunks, and outside of chunks
}

type packing struct {
	chunks           int
	packed, unpacked int64
}

const (
	recordHead = 1 + 8                 // kind and length
	chunkHead  = 8 + 8 + 8 + 4 + 4     // times, size, checksum, length of the compression's name
	mostHead   = recordHead + 64 + 256 // bytes of a record that walk looks at
)

// walk reads the head of each record, up to the end of the data or to the first record that is not whole. Numbers in
// the file may say anything: walk allocates nothing by them.
func walk(file io.ReaderAt, size int64) (*contents, error) {
	c := &contents{packings: map[string]*packing{}}
	buffer := make([]byte, mostHead)
	for at := int64(len(mcap.Magic)); at+recordHead <= size; {
		head := buffer[:min(size-at, mostHead)]
		if n, err := file.ReadAt(head, at); n < len(head) {
			return nil, fmt.Errorf("read %d bytes at %d: %w", len(head), at, err)
		}
		length := le.Uint64(head[1:])
		if length > uint64(size-at-recordHead) {
			break
		}
		kind := mcap.OpCode(head[0])
		if kind == mcap.OpDataEnd {
			break
		}
		c.add(kind, head[recordHead:min(int64(len(head)), recordHead+int64(length))], int64(length))
		at += recordHead + int64(length)
	}
	return c, nil
}

var le = binary.LittleEndian

// add adds a record. b is its beginning.
func (c *contents) add(kind mcap.OpCode, b []byte, length int64) {
	switch {
	case kind == mcap.OpChannel && len(b) >= 8:
		topic := b[8:][:min(int64(le.Uint32(b[4:])), int64(len(b)-8))]
		if id := le.Uint16(b); c.channel(id) == nil {
			c.channels = append(c.channels, &channel{id: id, topic: string(topic)})
		}
	case kind == mcap.OpChunk && len(b) >= chunkHead:
		name := string(b[chunkHead:][:min(int64(le.Uint32(b[chunkHead-4:])), int64(len(b)-chunkHead))])
		p := c.packings[name]
		if p == nil {
			p = &packing{}
			c.packings[name] = p
		}
		c.chunks++
		p.chunks++
		p.unpacked += int64(min(le.Uint64(b[16:]), 1<<40))
		p.packed += length
	case kind == mcap.OpMessageIndex && len(b) >= 6:
		if to := c.channel(le.Uint16(b)); to != nil {
			to.messages += int(le.Uint32(b[2:]) / 16)
		}
	case kind == mcap.OpMessage && len(b) >= 2:
		if to := c.channel(le.Uint16(b)); to != nil {
			to.messages++
		}
	}
}

func (c *contents) channel(id uint16) *channel {
	i := slices.IndexFunc(c.channels, func(c *channel) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return c.channels[i]
}
