package wire

import "unsafe"

// checkByteOrder panics on big-endian machines: messages hold slots as they lie in memory of
// little-endian ones.
func checkByteOrder() {
	if one := uint16(1); *(*byte)(unsafe.Pointer(&one)) != 1 {
		panic("wire: this machine is big-endian: messages are for little-endian machines only")
	}
}
