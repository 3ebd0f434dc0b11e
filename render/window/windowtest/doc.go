// Package windowtest tests programs that open windows as a user meets them: on a display of their own, with real key
// and mouse events, by what the screen shows.
//
//	s := windowtest.NewScreen(t)
//	cmd := exec.Command("./program")
//	cmd.Env = s.Env()
//	p := windowtest.Start(t, cmd)
//	s.Focus("title of the window")
//	s.Do("key", "space")
//	s.Until("a red picture", isRed)
//	s.Do("key", "alt+F4")
//	p.End()
//
// The display is Xvfb, the window manager openbox, the hands xdotool, the keyboard's layouts setxkbmap: a test that
// lacks one of them is skipped, or fails where the environment variable CI is "true". Nothing here waits for a time:
// every wait is for something to be seen, and fails the test after Patience.
package windowtest

import (
	"testing"
	"time"
)

// Patience bounds a wait for something that must happen; it decides nothing else.
const Patience = 60 * time.Second

// Wait returns once done says so, and fails the test with what was waited for otherwise.
func Wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
