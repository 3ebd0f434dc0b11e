//go:build !linux

package shared

import (
	"errors"
	"net"
	"os"
)

// Listen needs memory that a descriptor hands over, and a kernel that says when a process has ended. On other systems
// than Linux both exist under other names, but slotstream does not use them yet: every Listen returns this error.
var errSystem = errors.New("writers in other processes need Linux so far")

func listenAt(string, os.FileMode) (*net.UnixListener, *os.File, error) { return nil, nil, errSystem }

func shareMemory(int) (int, []byte, error)           { return -1, nil, errSystem }
func unmap([]byte)                                   {}
func closeDescriptor(int)                            {}
func send(*net.UnixConn, []byte, int) error          { return errSystem }
func credentials(*net.UnixConn, *Writer) error       { return errSystem }
func watch(*net.UnixConn, int, func()) (stop func()) { return func() {} }
func dropLock(*os.File)                              {}
