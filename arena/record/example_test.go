package record_test

import (
	"bytes"
	"fmt"
	"time"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
)

// A simulation is recorded while it runs, and its second moment looked at again.
func Example() {
	type mat4 [16]float32
	a, _ := arena.New(arena.Config[mat4]{})
	bodies, _ := a.AllocSpan(100, mat4{})
	var file bytes.Buffer // an *os.File
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Options{Clock: func() time.Duration { return now }, Metadata: map[string]string{"scene": "rain"}})
	if err != nil {
		panic(err)
	}
	for tick := range 5 {
		now = time.Duration(tick) * time.Second
		bodies.Set(7, &mat4{12: float32(tick)})
		bodies.Flush()
		if err := r.Apply(a.Descend()); err != nil {
			panic(err)
		}
		r.Wait() // a test is faster than a disk
	}
	if err := r.Close(); err != nil {
		panic(err)
	}

	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic(err)
	}
	there, _ := arena.New(arena.Config[mat4]{})
	p, err := record.NewPlayer(rec, there)
	if err != nil {
		panic(err)
	}
	defer p.Close()
	for _, t := range []time.Duration{2500 * time.Millisecond, time.Second, time.Hour} {
		if err := p.Seek(t); err != nil {
			panic(err)
		}
		there.Descend()
		fmt.Println(rec.Metadata()["scene"], "at", p.Now(), "body 7 is at", there.Mirror()[7][12])
	}
	// Output:
	// rain at 2s body 7 is at 2
	// rain at 1s body 7 is at 1
	// rain at 4s body 7 is at 4
}
