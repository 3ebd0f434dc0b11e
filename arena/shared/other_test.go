//go:build !linux

package shared

import (
	"strings"
	"testing"

	"github.com/slotstream/slotstream/arena"
)

// Where writers cannot be let in, Listen says so.
func TestListenElsewhere(t *testing.T) {
	a, err := arena.New(arena.Config[[16]float32]{MaxSlots: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(a, "s", Config[[16]float32]{}); err == nil || !strings.Contains(err.Error(), "need Linux") {
		t.Fatal(err)
	}
}
