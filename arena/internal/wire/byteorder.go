package wire

import "unsafe"

// checkByteOrder panics on machines whose numbers are big-endian: messages hold slots as
// they lie in memory, little-endian.
func checkByteOrder() {
	if one := uint16(1); *(*byte)(unsafe.Pointer(&one)) != 1 {
		panic("wire: this machine's numbers are big-endian, and messages are little-endian")
	}
}
