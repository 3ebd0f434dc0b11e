package upload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/upload/gpu"
)

// Misuse that would end the process in C, or wait for ever, panics with a message.
func TestMisuse(t *testing.T) {
	device := openDevice(t)
	back, err := gpu.NewReadback(device, 16)
	if err != nil {
		t.Fatal(err)
	}
	defer back.Release()
	var fence gpu.Fence
	defer fence.Release()
	if err := back.Start(); err != nil {
		t.Fatal(err)
	}
	for says, use := range map[string]func(){
		"Buffer while a read is under way":   func() { back.Buffer() },
		"Start while a read is under way":    func() { back.Start() },
		"17 bytes from a buffer of 16 bytes": func() { back.Poll(make([]byte, 17)) },
	} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, says) {
					t.Errorf("it says %q, want %q", said, says)
				}
			}()
			use()
		}()
	}
	if !fence.Done() {
		t.Error("a fence that was never set is not done")
	}
	if err := back.Wait(make([]byte, 16)); err != nil {
		t.Error(err)
	}
	back.Buffer()
}
