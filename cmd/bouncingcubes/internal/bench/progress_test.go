package bench

import (
	"os"
	"testing"
)

// The progress line needs a terminal that knows escapes.
func TestProgressOnADumbTerminal(t *testing.T) {
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	for term, want := range map[string]bool{"xterm": true, "dumb": false, "": false} {
		t.Setenv("TERM", term)
		if got := newProgress(device).out != nil; got != want {
			t.Errorf("TERM=%q: progress is %v, want %v", term, got, want)
		}
	}
}
