package record

import "github.com/foxglove/mcap/go/mcap"

// walk goes through the records of the file, for what readSummary has not found. It skips
// the contents of chunks. The file is cut if there is no end to the records.
func (r *Recording) walk() error {
	r.chunks, r.topics, r.foreign = nil, map[uint16]string{}, false
	r.version, r.described = "", nil
	w := walker{Recording: r, at: int64(len(mcap.Magic)), left: mostMetas}
	for {
		kind, length, err := w.next()
		switch {
		case err != nil:
			return err
		case kind == 0:
			r.cut = true
			return nil
		case kind == mcap.OpDataEnd:
			return nil
		}
		if err := w.take(kind, length); err != nil {
			return err
		}
		w.at += recordHead + length
	}
}

// A walker reads a file from one record to the next.
type walker struct {
	*Recording
	at   int64 // of the record
	left int64 // bytes of metadata that it still takes

	window [4 << 10]byte // bytes of the file
	from   int64         // where window lies
	filled int
}

// peek returns n bytes from the start of the record on, or fewer at the end of the file. n
// is at most the size of window.
func (w *walker) peek(n int) ([]byte, error) {
	n = int(min(int64(n), w.size-w.at))
	if w.at < w.from || w.at+int64(n) > w.from+int64(w.filled) {
		w.from, w.filled = w.at, int(min(int64(len(w.window)), w.size-w.at))
		if err := w.read(w.window[:w.filled], w.at); err != nil {
			w.filled = 0
			return nil, err
		}
	}
	return w.window[w.at-w.from:][:n], nil
}

// next returns the kind and the length of the next record, kind 0 where the file ends
// before the record does.
func (w *walker) next() (kind mcap.OpCode, length int64, err error) {
	head, err := w.peek(recordHead)
	if err != nil || len(head) < recordHead {
		return 0, 0, err
	}
	n := le.Uint64(head[1:])
	if n > uint64(w.size-w.at-recordHead) {
		return 0, 0, nil
	}
	return mcap.OpCode(head[0]), int64(n), nil
}

// take takes what a record says of the recording.
func (w *walker) take(kind mcap.OpCode, length int64) error {
	switch kind {
	case mcap.OpMetadata, mcap.OpChannel:
		if kind == mcap.OpMetadata {
			w.left -= length
		}
		if length > mostMeta || w.left < 0 {
			return nil
		}
		record := make([]byte, length)
		if err := w.read(record, w.at+recordHead); err != nil {
			return err
		}
		if kind == mcap.OpChannel {
			w.takeChannel(record)
		} else {
			w.takeMetadata(record)
		}
	case mcap.OpChunk:
		head, err := w.peek(recordHead + chunkHead + mostPacking)
		if err != nil || length < chunkHead {
			return err
		}
		head = head[recordHead:]
		if n := le.Uint32(head[chunkHead-12:]); n <= mostPacking && int64(n) <= length-chunkHead {
			w.chunks = append(w.chunks, chunk{
				offset: w.at, length: recordHead + length, packing: string(head[chunkHead-8:][:n]), start: le.Uint64(head), end: le.Uint64(head[8:]),
			})
		}
	case mcap.OpMessageIndex:
		head, err := w.peek(recordHead + 6)
		if n := len(w.chunks); err != nil || length < 6 || n == 0 {
			return err
		} else if c := &w.chunks[n-1]; le.Uint32(head[recordHead+2:]) > 0 {
			c.channels = append(c.channels, le.Uint16(head[recordHead:]))
		}
	case mcap.OpMessage:
		return w.takeMessage(length)
	}
	return nil
}

// takeMessage takes a message that is in no chunk: such messages in a row are as good as a
// chunk that is not packed.
func (w *walker) takeMessage(length int64) error {
	head, err := w.peek(recordHead + messageHead)
	if err != nil || length < messageHead {
		return err
	}
	at := le.Uint64(head[recordHead+6:])
	if n := len(w.chunks); n > 0 {
		if c := &w.chunks[n-1]; c.bare && c.offset+c.length == w.at && c.length < chunkBytes {
			c.length += recordHead + length
			c.start, c.end = min(c.start, at), max(c.end, at)
			return nil
		}
	}
	w.chunks = append(w.chunks, chunk{offset: w.at, length: recordHead + length, bare: true, start: at, end: at})
	return nil
}
