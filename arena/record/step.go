package record

import (
	"errors"
	"math"
	"slices"
	"time"
)

// After returns the time of the first frame that is later than t, as Seek takes it. With
// Before it steps through a recording, frame by frame. It reads and unpacks one chunk of the
// file, rarely more. ok is false if there is no such frame. Damaged chunks count as empty. An
// error is the file's. Any goroutine may call After.
func (r *Recording) After(t time.Duration) (at time.Duration, ok bool, err error) {
	for i, c := range r.chunks {
		if t >= 0 && c.end <= r.log(t) {
			continue
		}
		times, err := r.times(i)
		if err != nil {
			return 0, false, err
		}
		for _, at := range times {
			if at > t {
				return at, true, nil
			}
		}
	}
	return 0, false, nil
}

// Before returns the time of the last frame that is earlier than t. Otherwise it is like
// After.
func (r *Recording) Before(t time.Duration) (at time.Duration, ok bool, err error) {
	for i, c := range slices.Backward(r.chunks) {
		if t <= 0 || c.start >= r.log(t) {
			continue
		}
		times, err := r.times(i)
		if err != nil {
			return 0, false, err
		}
		for _, at := range slices.Backward(times) {
			if at < t {
				return at, true, nil
			}
		}
	}
	return 0, false, nil
}

// log returns the log time of the moment t after the first frame, which is not negative.
func (r *Recording) log(t time.Duration) uint64 {
	log := r.start + uint64(t)
	if log < r.start { // no time is as late as that
		log = math.MaxUint64
	}
	return log
}

// times returns the times of the frames in chunk i, counted from the first frame: none of a
// damaged chunk.
func (r *Recording) times(i int) (all []time.Duration, err error) {
	var u unpacker
	defer u.close()
	records, err := u.unpack(r, i, nil)
	if errors.Is(err, ErrDamaged) { // Seek tells
		return nil, nil
	}
	for f, more, _ := nextFrame(records, 0); more; f, more, _ = nextFrame(records, f.next) {
		all = append(all, time.Duration(f.logTime-r.start))
	}
	return all, err
}
