package record

import (
	"bytes"
	"strings"
	"testing"

	"github.com/foxglove/mcap/go/mcap"
)

// More slots than a player unpacks end the recording before they take memory.
func TestMostSlots(t *testing.T) {
	f := &file{slotBytes: 1 << 16}
	if err := f.frame(&job{highWater: mostSlots>>16 + 1}); err == nil || !strings.Contains(err.Error(), "record at most 16256") {
		t.Error(err)
	}
}

// Open refuses a recording of another version of the format, and the error says what to do.
func TestOtherVersion(t *testing.T) {
	var file bytes.Buffer
	w, err := mcap.NewWriter(&file, &mcap.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	meta := map[string]string{"slot_bytes": "64", "layout": "16float32", "version": "2"}
	meta[sumKey] = sumOf(meta)
	for _, err := range []error{w.WriteHeader(&mcap.Header{}), w.WriteMetadata(&mcap.Metadata{Name: encoding, Metadata: meta}), w.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err == nil || !strings.Contains(err.Error(), `has version "2" of the format, and this release of slotstream reads "3": play it with the release`) {
		t.Error(err)
	}
}
