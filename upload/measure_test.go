package upload_test

import (
	"encoding/json"
	"testing"

	"github.com/slotstream/slotstream/upload"
)

// Measure finds costs that New takes, and that come back from JSON.
func TestMeasure(t *testing.T) {
	device := openDevice(t)
	costs, err := upload.Measure(device)
	if err != nil {
		t.Fatal(err)
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
