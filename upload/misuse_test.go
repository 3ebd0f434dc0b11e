package upload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/upload/gpu"
)

// What would end the process in C, or wait for ever, is a sentence.
func TestMisuse(t *testing.T) {
	device, other := openDevice(t), openDevice(t)
	queue := other.GetQueue()
	defer queue.Release()
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
		"queue is of another device":         func() { fence.Set(device, queue) },
		"Buffer while a read is under way":   func() { back.Buffer() },
		"Start while a read is under way":    func() { back.Start() },
		"17 bytes wanted of a Readback of 1": func() { back.Poll(make([]byte, 17)) },
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
