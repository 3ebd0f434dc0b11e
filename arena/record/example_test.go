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
	r, err := record.NewRecorder(&file, a, record.Config{Clock: func() time.Duration { return now }, Metadata: map[string]string{"scene": "rain"}})
	if err != nil {
		panic(err)
	}
	for tick := range 5 {
		now = time.Duration(tick) * time.Second
		bodies.Set(7, &mat4{12: float32(tick)})
		bodies.Flush()
		a.Descend()
		if err := r.Append(); err != nil {
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
		fmt.Println(rec.Metadata()["scene"], "at", p.Position(), "body 7 is at", there.Mirror()[7][12])
	}
	// Output:
	// rain at 2s body 7 is at 2
	// rain at 1s body 7 is at 1
	// rain at 4s body 7 is at 4
}

// A program plays a recording by a playhead of its own: Seek shows where the playhead is,
// at any speed, forwards and backwards.
func ExamplePlayer_Seek() {
	type mat4 [16]float32
	a, _ := arena.New(arena.Config[mat4]{})
	body, _ := a.Alloc(mat4{})
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for second := range 4 {
		now = time.Duration(second) * time.Second
		body.Store(&mat4{12: float32(second)})
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
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
	const frame = 500 * time.Millisecond // of the program that shows it
	playhead, speed := time.Duration(0), 3.0
	for range 4 {
		if err := p.Seek(playhead); err != nil {
			panic(err)
		}
		there.Descend()
		fmt.Println(playhead, "shows the moment at", p.Position(), "with the body at", there.Mirror()[0][12])
		if playhead += time.Duration(speed * float64(frame)); playhead > rec.Duration() {
			playhead, speed = rec.Duration(), -speed // there and back
		}
	}
	// Output:
	// 0s shows the moment at 0s with the body at 0
	// 1.5s shows the moment at 1s with the body at 1
	// 3s shows the moment at 3s with the body at 3
	// 3s shows the moment at 3s with the body at 3
}

// Each group keeps its own ticks in the file, and a player tells them.
func ExamplePlayer_Ticks() {
	type mat4 [16]float32
	a, _ := arena.New(arena.Config[mat4]{})
	cars, people := a.NewGroup(), a.NewGroup()
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for n := range 7 { // cars move each second, people every third
		now = time.Duration(n) * time.Second
		cars.Commit(arena.Tick{Number: uint64(n + 1), Time: now})
		if n%3 == 0 {
			people.Commit(arena.Tick{Number: uint64(n/3 + 1), Time: now})
		}
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
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
	if err := p.Seek(5 * time.Second); err != nil {
		panic(err)
	}
	for _, t := range p.Ticks() {
		fmt.Println("group", t.Group, "is at tick", t.To.Number, "of", t.To.Time)
	}
	// Output:
	// group 1 is at tick 6 of 5s
	// group 2 is at tick 2 of 3s
}

// The recording of a process that was killed has no end, and plays up to there.
func ExampleRecording_Truncated() {
	type mat4 [16]float32
	a, _ := arena.New(arena.Config[mat4]{})
	body, _ := a.Alloc(mat4{})
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for minute := range 3 {
		now = time.Duration(minute) * time.Minute
		body.Store(&mat4{12: float32(minute)})
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
	}
	killed := bytes.Clone(file.Bytes()) // what is on disk while it runs
	if err := r.Close(); err != nil {
		panic(err)
	}
	for _, b := range [][]byte{file.Bytes(), killed} {
		rec, err := record.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			panic(err)
		}
		fmt.Println("cut:", rec.Truncated(), "of", rec.Duration())
	}
	// Output:
	// cut: false of 2m0s
	// cut: true of 1m0s
}

// A program lists the frames of a recording without playing it.
func ExampleRecording_Frames() {
	a, _ := arena.New(arena.Config[[4]float32]{})
	bodies := a.NewGroup()
	span, _ := bodies.AllocSpan(100, [4]float32{})
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for n := range 3 {
		now = time.Duration(n) * time.Second
		for i := range 10 * n {
			span.Set(i, &[4]float32{1})
		}
		bodies.Commit(arena.Tick{Number: uint64(n + 1), Time: now})
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		panic(err)
	}
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic(err)
	}
	for f, err := range rec.Frames() {
		if err != nil {
			panic(err)
		}
		fmt.Println("after", f.Time, "tick", f.Ticks[0].To.Number, "changes", f.Slots, "slots")
	}
	// Output:
	// after 0s tick 1 changes 100 slots
	// after 1s tick 2 changes 10 slots
	// after 2s tick 3 changes 20 slots
}

// A program steps from one frame to the next, and back.
func ExampleRecording_After() {
	a, _ := arena.New(arena.Config[[4]float32]{})
	body, _ := a.Alloc([4]float32{})
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for n := range 4 {
		now = time.Duration(n*n) * time.Second
		body.Store(&[4]float32{float32(n)})
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		panic(err)
	}
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic(err)
	}
	at, more, _ := rec.After(time.Second)
	fmt.Println(at, more)
	at, more, _ = rec.Before(at)
	fmt.Println(at, more)
	_, more, _ = rec.Before(0)
	fmt.Println(more)
	// Output:
	// 4s true
	// 1s true
	// false
}

// The frame before a moment is the one that Seek shows just before it.
func ExampleRecording_Before() {
	a, _ := arena.New(arena.Config[[4]float32]{})
	body, _ := a.Alloc([4]float32{1})
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for range 2 {
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
		now = time.Second
		body.Store(&[4]float32{2})
	}
	if err := r.Close(); err != nil {
		panic(err)
	}
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic(err)
	}
	b, _ := arena.New(arena.Config[[4]float32]{})
	p, err := record.NewPlayer(rec, b)
	if err != nil {
		panic(err)
	}
	at, _, _ := rec.Before(rec.Duration())
	if err := p.Seek(at); err != nil {
		panic(err)
	}
	b.Descend()
	fmt.Println(at, b.Mirror()[0][0])
	// Output: 0s 1
}

// A flight recorder: the last seconds of an arena, in memory.
func ExampleRing() {
	a, _ := arena.New(arena.Config[[4]float32]{})
	body, _ := a.Alloc([4]float32{})
	last := new(record.Ring)
	last.Limit(10*time.Second, 0)
	now := time.Duration(0)
	r, err := record.NewRecorder(last, a, record.Config{Keyframe: time.Second, Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for n := range 3600 {
		now = time.Duration(n) * time.Second
		body.Store(&[4]float32{float32(n)})
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		panic(err)
	}
	rec, err := last.Open()
	if err != nil {
		panic(err)
	}
	fmt.Println(rec.Duration(), "from", rec.Start(), "on")
	// Output: 10s from 59m49s on
}

// A Ring that has become smaller forgets at once.
func ExampleRing_Limit() {
	a, _ := arena.New(arena.Config[[4]float32]{})
	body, _ := a.Alloc([4]float32{})
	last := new(record.Ring)
	now := time.Duration(0)
	r, err := record.NewRecorder(last, a, record.Config{Keyframe: time.Second, Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for n := range 100 {
		now = time.Duration(n) * time.Second
		body.Store(&[4]float32{float32(n)})
		a.Descend()
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		panic(err)
	}
	fmt.Println(last.Duration())
	last.Limit(20*time.Second, 0)
	fmt.Println(last.Duration())
	// Output:
	// 1m0s
	// 20s
}

// A program says anew what its slots are while it records. The program that plays learns both.
func ExampleRecorder_SetMetadata() {
	a, _ := arena.New(arena.Config[[4]float32]{})
	var file bytes.Buffer
	now := time.Duration(0)
	r, err := record.NewRecorder(&file, a, record.Config{Metadata: map[string]string{"who": "a"}, Clock: func() time.Duration { return now }})
	if err != nil {
		panic(err)
	}
	for n, who := range []string{"a", "a and b"} {
		now = time.Duration(n) * time.Second
		if _, err := a.Alloc([4]float32{}); err != nil {
			panic(err)
		}
		a.Descend()
		if err := r.SetMetadata(map[string]string{"who": who}); err != nil {
			panic(err)
		}
		if err := r.Append(); err != nil {
			panic(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		panic(err)
	}
	rec, err := record.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		panic(err)
	}
	for _, d := range rec.Descriptions() {
		fmt.Println("from", d.From, "on:", d.Metadata["who"])
	}
	// Output:
	// from 0s on: a
	// from 1s on: a and b
}
