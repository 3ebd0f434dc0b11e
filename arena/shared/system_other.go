//go:build !linux

package shared

import (
	"errors"
	"net"
	"os"
)

// Listen needs memory that a descriptor hands over, and a kernel that says when a process has ended. Other systems have
// both under other names, which this package does not use yet: every Listen returns this error.
var errSystem = errors.New("writers in other processes need Linux: run this program there, or leave Listen out")

func listenAt(string, os.FileMode) (*net.UnixListener, *os.File, error) { return nil, nil, errSystem }

func shareMemory(int) (int, []byte, error)           { return -1, nil, errSystem }
func unmap([]byte)                                   {}
func closeDescriptor(int)                            {}
func send(*net.UnixConn, []byte, int) error          { return errSystem }
func credentials(*net.UnixConn, *Writer) error       { return errSystem }
func watch(*net.UnixConn, int, func()) (stop func()) { return func() {} }
func dropLock(*os.File)                              {}
