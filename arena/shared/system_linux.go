package shared

import (
	"context"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// shareMemory makes memory of a fixed size that a descriptor can hand to another process. Neither side can change
// its size, so no access to it faults. (Holes can be punched into it: these read as zeros.)
func shareMemory(size int) (fd int, mem []byte, err error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	fd, err = unix.MemfdCreate("slotstream", flags|unix.MFD_NOEXEC_SEAL)
	if err == unix.EINVAL { // before Linux 6.3
		fd, err = unix.MemfdCreate("slotstream", flags)
	}
	if err != nil {
		return -1, nil, os.NewSyscallError("memfd_create", err)
	}
	fail := func(call string, err error) (int, []byte, error) {
		unix.Close(fd)
		return -1, nil, os.NewSyscallError(call, err)
	}
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return fail("ftruncate", err)
	}
	if err := unix.Fallocate(fd, 0, 0, int64(size)); err != nil {
		return fail("fallocate", err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL); err != nil {
		return fail("seal", err)
	}
	mem, err = unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return fail("mmap", err)
	}
	return fd, mem, nil
}

func unmap(mem []byte)       { unix.Munmap(mem) }
func closeDescriptor(fd int) { unix.Close(fd) }

// send sends b with a descriptor.
func send(c *net.UnixConn, b []byte, fd int) error {
	_, _, err := c.WriteMsgUnix(b, unix.UnixRights(fd), nil)
	return err
}

// control calls f with c's descriptor.
func control(c syscall.Conn, f func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// credentials asks the kernel which process connected.
func credentials(c *net.UnixConn, w *Writer) error {
	return control(c, func(fd int) error {
		cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err == nil {
			w.PID, w.UID, w.GID = int(cred.Pid), int(cred.Uid), int(cred.Gid)
		}
		return err
	})
}

// watch calls died once the process that connected has ended: a child that it forked may keep the socket open. It
// never calls where the kernel does not show the process.
func watch(c *net.UnixConn, pid int, died func()) (stop func()) {
	var fd int
	err := control(c, func(s int) (err error) {
		fd, err = unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_PEERPIDFD)
		return err
	})
	if err == nil {
		err = unix.SetNonblock(fd, true)
	} else if pid > 0 { // before Linux 6.5
		fd, err = unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
		if err == unix.ESRCH { // it has ended already
			died()
		}
	}
	if err != nil {
		return func() {}
	}
	f := os.NewFile(uintptr(fd), "pidfd")
	raw, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if raw.Read(func(fd uintptr) bool { return ended(int(fd)) }) == nil {
			died()
		}
	}()
	return func() {
		f.Close()
		<-done
	}
}

// ended reports whether the process of a pidfd has ended.
func ended(pidfd int) bool {
	p := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1
}

// listenAt makes a socket with these permissions at path, and a lock beside it. The lock goes with this process, no
// matter how the process ends; the socket's file does not. So the file of a host that was killed is replaced, and a
// second live host at the path is an error.
func listenAt(path string, mode os.FileMode) (socket *net.UnixListener, lock *os.File, err error) {
	if most := len(unix.RawSockaddrUnix{}.Path) - 1; len(path) > most {
		return nil, nil, fmt.Errorf("the path has %d bytes: a socket's has %d at most", len(path), most)
	}
	held, err := takeLock(path + ".lock")
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			dropLock(held)
		}
	}()
	if f, err := os.Lstat(path); err == nil {
		if f.Mode()&os.ModeSocket == 0 {
			return nil, nil, fmt.Errorf("%s is there and is no socket: choose another address", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, nil, err
		}
	}
	// Permissions before bind, and again since umask takes from them: the socket never has more than mode.
	closed := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		c.Control(func(fd uintptr) { err = unix.Fchmod(int(fd), 0o600) })
		return err
	}}
	s, err := closed.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, nil, err
	}
	if err = os.Chmod(path, mode); err != nil {
		s.Close()
		return nil, nil, err
	}
	return s.(*net.UnixListener), held, nil
}

// takeLock locks the file at path, which it makes if need be.
func takeLock(path string) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|unix.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
			f.Close()
			if err == unix.EWOULDBLOCK {
				return nil, fmt.Errorf("another process listens there (%s is locked): choose another address", path)
			}
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
		mine, err1 := f.Stat()
		there, err2 := os.Lstat(path)
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return f, nil
		}
		f.Close() // the host before removed it at this moment
	}
}

func dropLock(f *os.File) {
	os.Remove(f.Name())
	f.Close()
}
