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
	t.Log(costs)
	// Costs are differences of times: beside other work, one of them may seem to be nothing.
	for _, c := range []float64{costs.Call, costs.Byte, costs.Submit, costs.Dispatch, costs.Slot, costs.Move} {
		if !(c >= 0 && c < 1e9) {
			t.Fatalf("no nanoseconds: %v", costs)
		}
	}
	if costs == (upload.Costs{}) {
		t.Fatal("nothing costs anything")
	}
	var back upload.Costs
	if err := json.Unmarshal([]byte(costs.String()), &back); err != nil || back != costs {
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
