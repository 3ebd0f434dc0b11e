//go:build unix

package wholefile

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// duplicate returns a copy of descriptor n, which shares its position in the file.
func duplicate(n int) (*os.File, error) {
	flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFL, 0)
	if err != nil {
		return nil, err
	}
	if flags&unix.O_ACCMODE == unix.O_RDONLY {
		return nil, fmt.Errorf("descriptor %d is open for reading only", n)
	}
	d, err := unix.FcntlInt(uintptr(n), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(d), fmt.Sprintf("/dev/fd/%d", n)), nil
}

// writable returns why a device or pipe could not be opened. It does not open it: a pipe's reader would see an end.
func writable(place string) error { return unix.Access(place, unix.W_OK) }
