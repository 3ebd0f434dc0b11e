// Package windowtest tests programs that open windows, as a user meets them: on a display of its own, with real key and
// mouse events, by looking at the screen.
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
// It needs Xvfb (the display), openbox (the window manager), xdotool (the events) and setxkbmap (keyboard layouts). If
// one of them is missing, the test is skipped; if the environment variable CI is "true", the test fails.
//
// No wait is for a time. Each one is for something to happen, and fails the test after a minute.
//
// The package stands beside render/window, and not in an internal folder, because its two users, render/window and cmd,
// have no common parent but the module. Use it for the windows of your own programs, too.
package windowtest

import (
	"testing"
	"time"
)

// patience is the longest wait for something that must happen.
const patience = 60 * time.Second

// Wait waits until done returns true, and fails the test if it never does. what names what the test waits for.
func Wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
