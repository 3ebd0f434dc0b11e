package record

import (
	"cmp"
	"errors"
	"hash/crc32"
	"slices"

	"github.com/foxglove/mcap/go/mcap"
)

const (
	recordHead  = 1 + 8 // kind and length, in front of each record
	footerBytes = recordHead + 20
	mostIndex   = 64 << 20 // bytes of a summary: two days at two chunks a second
)

// readSummary reads the summary at the end of the file: channels, chunks, and where the
// metadata is. It reports whether that is all there is to know. If not, the records have
// to be walked.
func (r *Recording) readSummary() (complete bool, err error) {
	var end [footerBytes + 8]byte
	at := r.size - int64(len(end))
	if at < 0 {
		r.cut = true
		return false, nil
	}
	if err := r.read(end[:], at); err != nil {
		return false, err
	}
	if mcap.OpCode(end[0]) != mcap.OpFooter || le.Uint64(end[1:]) != 20 || string(end[footerBytes:]) != string(mcap.Magic) {
		r.cut = true
		return false, nil
	}
	start := le.Uint64(end[recordHead:])
	if start == 0 { // a file without a summary
		return false, nil
	}
	length := uint64(at) - start
	if start > uint64(at) || length > mostIndex {
		r.cut = true
		return false, nil
	}
	const summed = footerBytes - 4 // of the footer, which ends in the checksum
	summary := make([]byte, length+summed)
	if err := r.read(summary, int64(start)); err != nil {
		return false, err
	}
	if sum := le.Uint32(end[summed:]); sum != 0 && sum != crc32.ChecksumIEEE(summary) { // MCAP: 0 is none
		r.cut = true
		return false, nil
	}
	complete, sound, err := r.takeSummary(summary[:length])
	if err == nil && !sound {
		r.cut = true
	}
	return complete && sound, err
}

// takeSummary takes the records of the summary. They are not sound if they name places
// that are not in the file.
func (r *Recording) takeSummary(b []byte) (complete, sound bool, err error) {
	var stats *mcap.Statistics
	var metadata []*mcap.MetadataIndex
	for len(b) >= recordHead {
		kind, length := mcap.OpCode(b[0]), le.Uint64(b[1:])
		if b = b[recordHead:]; length > uint64(len(b)) {
			return false, false, nil
		}
		record := b[:length]
		b = b[length:]
		failed := guarded(func() (err error) {
			switch kind {
			case mcap.OpChannel:
				r.takeChannel(record)
			case mcap.OpStatistics:
				stats, err = mcap.ParseStatistics(record)
			case mcap.OpMetadataIndex:
				var m *mcap.MetadataIndex
				if m, err = mcap.ParseMetadataIndex(record); err == nil && m.Name == encoding {
					metadata = append(metadata, m)
				}
			case mcap.OpChunkIndex:
				var c *mcap.ChunkIndex
				if c, err = mcap.ParseChunkIndex(record); err == nil {
					err = r.takeChunk(c)
				}
			}
			return err
		})
		if failed != nil {
			r.chunks = nil
			return false, false, nil
		}
	}
	left := uint64(mostMetas)
	for _, m := range metadata {
		if m.Length > left {
			break
		}
		left -= m.Length
		if m.Length < recordHead || m.Length > mostMeta || !r.holds(m.Offset, m.Length) {
			return false, false, nil
		}
		record := make([]byte, m.Length)
		if err := r.read(record, int64(m.Offset)); err != nil {
			return false, false, err
		}
		r.takeMetadata(record[recordHead:])
	}
	slices.SortFunc(r.chunks, func(x, y chunk) int { return cmp.Compare(x.offset, y.offset) })
	if len(r.chunks) == 0 {
		complete = stats != nil && stats.MessageCount == 0
	} else {
		complete = stats == nil || int(stats.ChunkCount) == len(r.chunks)
	}
	return complete && r.version != "", true, nil
}

// takeChunk takes a chunk from the index.
func (r *Recording) takeChunk(c *mcap.ChunkIndex) error {
	if !r.holds(c.ChunkStartOffset, c.ChunkLength) || c.ChunkLength < recordHead+chunkHead {
		return errors.New("a chunk past the end of the file")
	}
	var channels []uint16
	for id := range c.MessageIndexOffsets {
		channels = append(channels, id)
	}
	r.chunks = append(r.chunks, chunk{
		offset: int64(c.ChunkStartOffset), length: int64(c.ChunkLength), packing: string(c.Compression),
		start: c.MessageStartTime, end: c.MessageEndTime, channels: channels,
	})
	return nil
}

// holds reports whether the file has length bytes at offset.
func (r *Recording) holds(offset, length uint64) bool {
	size := uint64(r.size)
	return offset <= size && length <= size-offset
}
