package recording_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/cmd/internal/recording"
)

// A recording of nothing leaves what was there, and says so; one of something takes its place.
func TestNothingToRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mcap")
	if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	a, err := arena.New(arena.Config[[4]float32]{})
	if err != nil {
		t.Fatal(err)
	}
	for _, something := range []bool{false, true} {
		r, err := recording.Begin(path, nil, a, nil, func() time.Duration { return 0 })
		if err != nil {
			t.Fatal(err)
		}
		if something {
			if _, err := a.Alloc([4]float32{1}); err != nil {
				t.Fatal(err)
			}
		}
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil || (string(data) == "before") == something {
			t.Errorf("%d bytes are left, %v", len(data), err)
		}
		if said := r.String(); strings.HasSuffix(said, "a.mcap: nothing was recorded") == something {
			t.Errorf("of that it says %q", said)
		}
	}
}
