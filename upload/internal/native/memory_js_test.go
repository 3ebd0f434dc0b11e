package native

import (
	"bytes"
	"syscall/js"
	"testing"
)

// The program's memory grows while JavaScript is being told of it, so that the call throws. The data arrives once, and
// calls that were made before are not made again.
func TestMemoryGrowsDuringACall(t *testing.T) {
	data := bytes.Repeat([]byte("data"), 100)
	var got [][]byte
	var grown [][]byte
	asked := 0
	err := FromMemory(data, func(m js.Value, at uint64) error {
		asked++
		for len(got) < 2 {
			if len(got) == 1 && grown == nil {
				for memory().Equal(m) {
					grown = append(grown, make([]byte, 16<<20))
				}
			}
			part := make([]byte, len(data)/2)
			js.CopyBytesToGo(part, js.Global().Get("Uint8Array").New(m, at+uint64(len(got)*len(part)), len(part)))
			got = append(got, part)
		}
		return nil
	})
	if err != nil || asked != 2 || !bytes.Equal(bytes.Join(got, nil), data) {
		t.Errorf("%v, asked %d times, %q", err, asked, got)
	}
	if handed != nil {
		t.Error("the data is kept")
	}
	if err := FromMemory(data, func(js.Value, uint64) error { asked++; js.Global().Get("Uint8Array").New(-1); return nil }); err == nil || asked != 3 {
		t.Errorf("another fault: %v, asked %d times", err, asked)
	}
}
