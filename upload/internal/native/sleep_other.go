//go:build !linux

package native

import "time"

// sleep sleeps for d.
func sleep(d time.Duration) { time.Sleep(d) }
