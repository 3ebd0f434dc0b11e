package record

import (
	"strings"
	"testing"
)

// More slots than a reader would unpack at once end the recording, and take no memory.
func TestMostSlots(t *testing.T) {
	f := &file{slotBytes: 1 << 16}
	if err := f.frame(&job{highWater: mostSlots>>16 + 1}); err == nil || !strings.Contains(err.Error(), "a recording holds 16256") {
		t.Error(err)
	}
}
