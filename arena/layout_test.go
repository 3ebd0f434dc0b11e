package arena_test

import (
	"testing"

	"github.com/slotstream/slotstream/arena"
)

// A layout names every field in order, with the padding between them.
func TestLayout(t *testing.T) {
	t.Parallel()
	type motion struct {
		From  [3]float32
		Start uint32
		Turn  struct {
			W float32
			V [3]float32
		}
	}
	type mixed struct {
		A uint8
		B uint32
		C [2]int16
		D uint8
	}
	for got, want := range map[string]string{
		arena.Layout[[16]float32](): "16float32",
		arena.Layout[motion]():      "3float32 1uint32 4float32",
		arena.Layout[mixed]():       "1uint8 3pad 1uint32 2int16 1uint8 3pad",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
