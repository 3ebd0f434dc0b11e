//go:build !linux && !js

package native

import "time"

// sleep sleeps for d.
func sleep(d time.Duration) { time.Sleep(d) }
