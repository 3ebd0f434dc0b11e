package upload_test

import (
	"encoding/json"
	"testing"

	"github.com/slotstream/slotstream/upload"
)

// What Measure finds is usable, fits JSON and comes back from it.
func TestMeasure(t *testing.T) {
	device := openDevice(t)
	costs, err := upload.Measure(device)
	if err != nil {
		t.Fatal(err)
	}
	if costs.Call <= 0 || costs.Byte <= 0 || costs.Submit+costs.Dispatch <= 0 || costs.Slot+costs.Move <= 0 {
		t.Fatalf("nothing is free, but measured %v", costs)
	}
	saved, err := json.Marshal(costs)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(string(saved))
	var back upload.Costs
	if err := json.Unmarshal(saved, &back); err != nil || back != costs {
		t.Fatalf("%v came back from JSON as %v: %v", costs, back, err)
	}
	u := newUploader(t, device, newArena[mat](t, arenaOf(100)), upload.Config{Costs: costs})
	sync(t, u)
}

func BenchmarkMeasure(b *testing.B) {
	device := openDevice(b)
	for b.Loop() {
		if _, err := upload.Measure(device); err != nil {
			b.Fatal(err)
		}
	}
}
