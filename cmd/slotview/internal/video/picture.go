package video

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"

	"github.com/klauspost/compress/zlib"
)

// A pictureWriter writes pictures as PNG, without their alpha. image/png takes several times as long: it chooses a
// filter for each row, and has a slower compressor. Here each pixel is stored as its difference to the one on its left.
// A pictureWriter belongs to one goroutine.
type pictureWriter struct {
	row  []byte
	data bytes.Buffer // the compressed rows
	zlib *zlib.Writer
}

func (p *pictureWriter) write(w io.Writer, img *image.NRGBA) (err error) {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	p.data.Reset()
	if p.zlib == nil {
		p.zlib, err = zlib.NewWriterLevel(&p.data, zlib.BestSpeed)
		if err != nil {
			return err
		}
	}
	p.zlib.Reset(&p.data)
	for y := range height {
		const left = 1 // the filter
		p.row = append(p.row[:0], left)
		var r, g, b byte
		pixels := img.Pix[y*img.Stride:][:4*width]
		for ; len(pixels) >= 4; pixels = pixels[4:] {
			p.row = append(p.row, pixels[0]-r, pixels[1]-g, pixels[2]-b)
			r, g, b = pixels[0], pixels[1], pixels[2]
		}
		if _, err := p.zlib.Write(p.row); err != nil {
			return err
		}
	}
	if err := p.zlib.Close(); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\x89PNG\r\n\x1a\n"); err != nil {
		return err
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(width)), uint32(height))
	header = append(header, 8, 2, 0, 0, 0) // 8 bits each of red, green and blue
	for _, c := range []struct {
		name string
		data []byte
	}{{"IHDR", header}, {"IDAT", p.data.Bytes()}, {"IEND", nil}} {
		if err := writeChunk(w, c.name, c.data); err != nil {
			return err
		}
	}
	return nil
}

func writeChunk(w io.Writer, name string, data []byte) error {
	begin := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), name...)
	sum := crc32.Update(crc32.ChecksumIEEE(begin[4:]), crc32.IEEETable, data)
	for _, b := range [][]byte{begin, data, binary.BigEndian.AppendUint32(nil, sum)} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
