package wire

import "encoding/binary"

// intoPlanes lays byte b of all slots side by side, eight slots at a time.
func intoPlanes(dst, src []byte, slotBytes int) {
	n := len(src) / slotBytes
	i := 0
	for ; i+8 <= n; i += 8 {
		rows := src[i*slotBytes : (i+8)*slotBytes]
		b := 0
		for ; b+8 <= slotBytes; b += 8 {
			var m [8]uint64
			for k := range m {
				m[k] = binary.LittleEndian.Uint64(rows[k*slotBytes+b:])
			}
			transpose(&m)
			for k, v := range m {
				binary.LittleEndian.PutUint64(dst[(b+k)*n+i:], v)
			}
		}
		for ; b < slotBytes; b++ {
			for k := range 8 {
				dst[b*n+i+k] = rows[k*slotBytes+b]
			}
		}
	}
	for ; i < n; i++ {
		for b := range slotBytes {
			dst[b*n+i] = src[i*slotBytes+b]
		}
	}
}

// fromPlanes is the way back.
func fromPlanes(dst, src []byte, slotBytes int) {
	n := len(dst) / slotBytes
	i := 0
	for ; i+8 <= n; i += 8 {
		rows := dst[i*slotBytes : (i+8)*slotBytes]
		b := 0
		for ; b+8 <= slotBytes; b += 8 {
			var m [8]uint64
			for k := range m {
				m[k] = binary.LittleEndian.Uint64(src[(b+k)*n+i:])
			}
			transpose(&m)
			for k, v := range m {
				binary.LittleEndian.PutUint64(rows[k*slotBytes+b:], v)
			}
		}
		for ; b < slotBytes; b++ {
			for k := range 8 {
				rows[k*slotBytes+b] = src[b*n+i+k]
			}
		}
	}
	for ; i < n; i++ {
		for b := range slotBytes {
			dst[i*slotBytes+b] = src[b*n+i]
		}
	}
}

// transpose turns rows of eight bytes into columns, by exchanging ever larger blocks
// across the diagonal (Warren, "Hacker's Delight", 2nd edition, 7-3).
func transpose(m *[8]uint64) {
	exchange := func(a, b int, mask uint64, by uint) {
		x := (m[a]>>by ^ m[b]) & mask
		m[a] ^= x << by
		m[b] ^= x
	}
	for a := 0; a < 8; a += 2 {
		exchange(a, a+1, 0x00ff00ff00ff00ff, 8)
	}
	for _, a := range [4]int{0, 1, 4, 5} {
		exchange(a, a+2, 0x0000ffff0000ffff, 16)
	}
	for a := range 4 {
		exchange(a, a+4, 0x00000000ffffffff, 32)
	}
}
