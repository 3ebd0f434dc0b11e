package native

import (
	"syscall"
	"time"
)

// sleep sleeps for d, a millisecond at most. On Linux time.Sleep takes at least a millisecond where no other goroutine
// runs, because the runtime then sleeps in epoll_wait, which counts in milliseconds. A signal may end the sleep early.
func sleep(d time.Duration) {
	t := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&t, nil)
}
