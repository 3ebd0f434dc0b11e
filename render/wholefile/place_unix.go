//go:build unix

package wholefile

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// duplicate is descriptor n again, at the place in the file that n is at.
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

// writable says why a device or pipe could not be opened, without opening it: a pipe's reader would see it end.
func writable(place string) error { return unix.Access(place, unix.W_OK) }
