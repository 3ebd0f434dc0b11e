package relay

import "time"

// PublisherStats counts what a publisher has done so far.
type PublisherStats struct {
	Viewers   int           // followers that the publisher serves now
	Frames    int64         // frames handed to the senders, one for each viewer
	Bytes     int64         // the size of these frames
	Conflated int64         // times that a viewer had no room for a frame: a later frame has these changes too
	Resent    int64         // times that frames were sent again because a viewer had lost them
	Age       time.Duration // age of the oldest frame that a viewer has not received yet, at the last Send
}

// Stats returns the publisher's counters. Any goroutine may call it.
func (p *publisher) Stats() PublisherStats {
	p.mu.Lock()
	viewers := len(p.sessions)
	p.mu.Unlock()
	return PublisherStats{
		Viewers: viewers, Frames: p.frames.Load(), Bytes: p.bytes.Load(), Conflated: p.conflated.Load(),
		Resent: p.resent.Load(), Age: time.Duration(p.age.Load()),
	}
}

// FollowerStats counts what a follower has done so far.
type FollowerStats struct {
	Frames  int64     // whole frames received
	Bytes   int64     // bytes of frames received, whole or not
	Lost    int64     // times that a message was missing
	Refused int64     // messages that were damaged or did not fit
	Heard   time.Time // when the last message of the publisher came
}

// Stats returns the follower's counters. Any goroutine may call it.
func (f *receiver) Stats() FollowerStats {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.stats
	s.Heard = f.heard
	return s
}
