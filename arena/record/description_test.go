package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/foxglove/mcap/go/mcap"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

// described records ten moments, a second apart from the time start on. The metadata changes at moments 3, 4 and 8.
func described(t testing.TB, start time.Duration) []byte {
	t.Helper()
	a := newArena(t, arena.Config[pose]{})
	slot, err := a.Alloc(pose{})
	if err != nil {
		t.Fatal(err)
	}
	now := start
	var file bytes.Buffer
	r := newRecorder(t, &file, a, record.Config{Metadata: of(0), Clock: func() time.Duration { return now }, Keyframe: 2 * time.Second})
	for n := range 10 {
		now = start + time.Duration(n)*time.Second
		slot.Store(&pose{0: float32(n + 1)})
		a.Descend()
		meta := of(n)
		if n != 3 && n != 4 && n != 8 {
			meta = maps.Clone(of(since(n))) // equal, and not the same: it does not count
		}
		if err := r.SetMetadata(meta); err != nil {
			t.Fatal(err)
		}
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
	}
	if err := r.SetMetadata(of(99)); err != nil { // of no frame
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.SetMetadata(of(100)); !errors.Is(err, record.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	conforms(t, file.Bytes())
	return file.Bytes()
}

// of is the metadata that came with moment n, and since the moment whose metadata moment n has.
func of(n int) map[string]string { return map[string]string{"moment": fmt.Sprint(n), "": "always"} }

func since(n int) int {
	for _, from := range []int{8, 4, 3} {
		if n >= from {
			return from
		}
	}
	return 0
}

// describes checks the descriptions of a recording whose first frame is moment first.
func describes(t testing.TB, what string, rec *record.Recording, first int) {
	t.Helper()
	var want []record.Description
	for n := first; n < 10; n++ {
		if n == first || since(n) == n {
			want = append(want, record.Description{From: time.Duration(n-first) * time.Second, Metadata: of(since(n))})
		}
	}
	same := func(x, y record.Description) bool { return x.From == y.From && maps.Equal(x.Metadata, y.Metadata) }
	if got := rec.Descriptions(); !slices.EqualFunc(got, want, same) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Each metadata holds from its moment on: in a whole file, in one without an end, on a clock below 0, and in files that
// another tool has written anew or trimmed.
func TestDescriptions(t *testing.T) {
	t.Parallel()
	for _, start := range []time.Duration{0, time.Hour, -5 * time.Second, -time.Hour} {
		file := described(t, start)
		_, rec, err := play(file)
		if err != nil {
			t.Fatal(err)
		}
		describes(t, fmt.Sprint("from ", start), rec, 0)
		if !maps.Equal(rec.Metadata(), of(0)) {
			t.Errorf("it began with %v", rec.Metadata())
		}
		if _, rec, err = play(file[:len(file)-1]); err != nil || !rec.Truncated() {
			t.Fatal(err)
		}
		describes(t, fmt.Sprint("without an end, from ", start), rec, 0)
		if start < 0 {
			continue
		}
		for _, trim := range []int{0, 1, 3, 4, 6, 9} {
			for _, noIndex := range []bool{false, true} {
				as := copyAs{from: uint64(start) + uint64(trim)*uint64(time.Second), others: true}
				as.Chunked, as.ChunkSize, as.SkipMetadataIndex = true, 100, noIndex
				if _, rec, err = play(rewritten(t, file, as)); err != nil {
					t.Fatal(err)
				}
				describes(t, fmt.Sprintf("from %v, trimmed to moment %d on, without an index %v", start, trim, noIndex), rec, trim)
			}
		}
	}
}

// What SetMetadata does not take leaves what there was.
func TestDescriptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	a := newArena(t, arena.Config[pose]{})
	var file bytes.Buffer
	r := newRecorder(t, &file, a, record.Config{Metadata: of(0)})
	for _, bad := range []map[string]string{{"a": "\xff"}, {"\xff": "a"}, {"a": strings.Repeat("a", 1<<20)}} {
		if err := r.SetMetadata(bad); err == nil || !strings.HasPrefix(err.Error(), "record: set: ") {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if _, err := a.Alloc(pose{}); err != nil {
		t.Fatal(err)
	}
	a.Descend()
	if err := errors.Join(r.Append(), r.Close()); err != nil {
		t.Fatal(err)
	}
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if got := rec.Descriptions(); len(got) != 1 || !maps.Equal(got[0].Metadata, of(0)) {
		t.Errorf("%v", got)
	}
}

// A file whose metadata stands twice, or that has metadata of another recording, shows its own. Metadata beyond 16 MiB
// is left out.
func TestDescriptionsOfOthers(t *testing.T) {
	t.Parallel()
	file, other := described(t, time.Hour), counting(t, 10, every(3, time.Second), record.Config{})
	file = file[:bytes.LastIndex(file, []byte{byte(mcap.OpDataEnd), 4, 0, 0, 0, 0, 0, 0, 0})]
	records := func(file []byte) (all [][]byte) {
		for _, m := range infoOf(t, file).MetadataIndexes {
			all = append(all, file[m.Offset:m.Offset+m.Length])
		}
		return all
	}
	mine := records(described(t, time.Hour))
	_, rec, err := play(slices.Concat(file, mine[1], records(other)[0]))
	if err != nil {
		t.Fatal(err)
	}
	got := rec.Descriptions()
	if len(got) != 5 || !maps.Equal(got[1].Metadata, got[2].Metadata) || !maps.Equal(got[4].Metadata, of(8)) {
		t.Errorf("%v", got)
	}
	many := bytes.Repeat(mine[1], 17<<20/len(mine[1]))
	if _, rec, err = play(slices.Concat(file, many)); err != nil {
		t.Fatal(err)
	}
	if n, size := len(rec.Descriptions()), len(mine[1]); n > 16<<20/(size-9) || n < 15<<20/size {
		t.Errorf("%d descriptions", n)
	}
}

// A Ring keeps the metadata of the frames that it keeps, and no other.
func TestDescriptionsInARing(t *testing.T) {
	t.Parallel()
	a := newArena(t, arena.Config[pose]{})
	slot, err := a.Alloc(pose{})
	if err != nil {
		t.Fatal(err)
	}
	ring := new(record.Ring)
	ring.Limit(10*time.Second, 0)
	now := time.Duration(0)
	r := newRecorder(t, ring, a, record.Config{Metadata: of(0), Clock: func() time.Duration { return now }, Keyframe: 2 * time.Second, Chunk: time.Second})
	for n := range 100 {
		now = time.Duration(n) * time.Second
		slot.Store(&pose{0: float32(n + 1)})
		a.Descend()
		if n%4 == 0 && n < 80 {
			if err := r.SetMetadata(of(n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
		rec, err := ring.Open()
		if errors.Is(err, record.ErrNotRecording) && n < 2 {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		first := int(rec.Start() / time.Second)
		for i, d := range rec.Descriptions() {
			want := of(min((first+int(d.From/time.Second))/4*4, 76))
			if !maps.Equal(d.Metadata, want) || (i == 0) != (d.From == 0) {
				t.Fatalf("at moment %d, with frames from %d on, from %v on: %v, want %v", n, first, d.From, d.Metadata, want)
			}
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	// A Recorder that goes on begins with its own metadata.
	r = newRecorder(t, ring, a, record.Config{Metadata: of(0), Clock: func() time.Duration { return now }})
	now += time.Second
	slot.Store(&pose{0: -1})
	a.Descend()
	if err := errors.Join(r.Append(), r.Close()); err != nil {
		t.Fatal(err)
	}
	rec, err := ring.Open()
	if err != nil {
		t.Fatal(err)
	}
	if got := rec.Descriptions(); len(got) != 1 || !maps.Equal(got[0].Metadata, of(0)) {
		t.Errorf("%v", got)
	}
}
