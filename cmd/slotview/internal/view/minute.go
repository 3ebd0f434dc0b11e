//go:build !js

package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/slotstream/slotstream/arena/record"
)

// A minute keeps what a live stream has shown in the last minute: as a recording in memory, on the viewer's clock. It
// belongs to the render goroutine.
type minute struct {
	stream   stream
	viewer   *Viewer
	ring     record.Ring
	recorder recorder // nil: it begins with the next append
	casts    []cast   // of the stream, in the order of time
	failed   bool
}

// A recorder is a record.Recorder of an arena of any type.
type recorder interface {
	Append() error
	Wait()
	Close() error
	Stats() record.Stats
}

// A cast is the parts that a stream has had from a moment on.
type cast struct {
	at    time.Duration // on the viewer's clock
	parts []*part
}

// Keep begins to keep the last minute of what is live. It reports whether there is, or will be, a moment to go to.
func (v *Viewer) Keep() bool {
	v.keeps = true
	v.keep()
	return len(v.cfg.Recordings) == 0 || v.line.length > 0
}

// keep makes a minute for each live stream. All of them share the memory.
func (v *Viewer) keep() {
	if !v.keeps {
		return
	}
	for _, l := range v.layers {
		if _, plays := v.feeds[l.feed].(*played); !plays && l.minute == nil {
			l.minute = &minute{stream: l.stream, viewer: v}
		}
	}
	for _, l := range v.layers {
		if l.minute != nil {
			l.minute.ring.Limit(minuteTime, minuteBytes/len(v.layers))
		}
	}
}

const (
	minuteTime  = time.Minute
	minuteBytes = 256 << 20
	minuteKey   = 2 * time.Second // from one key frame to the next: a seek takes less
	minuteTakes = 7200            // chunks: then another recorder goes on, since each keeps an index of all that it wrote
)

// keeps reports whether there is a minute.
func (m *minute) keeps() bool { return m != nil && !m.failed }

// append keeps what the stream shows now.
func (m *minute) append() {
	if m.failed {
		return
	}
	parts := m.stream.parted()
	if n := len(m.casts); n == 0 || !slices.Equal(parts, m.casts[n-1].parts) {
		m.casts = append(m.casts, cast{m.viewer.now, slices.Clone(parts)})
	}
	for len(m.casts) > 1 && m.casts[1].at < m.viewer.now-minuteTime-minuteKey {
		m.casts = slices.Delete(m.casts, 0, 1)
	}
	var err error
	if m.recorder != nil && m.recorder.Stats().Chunks > minuteTakes {
		err = m.stop()
	}
	if m.recorder == nil && err == nil {
		m.recorder, err = m.stream.tape(&m.ring, minuteKey, func() time.Duration { return m.viewer.now })
	}
	if err == nil {
		err = m.recorder.Append()
	}
	m.check(err)
}

// kept returns how much of the last minute is kept, apart from the newest half a second.
func (v *Viewer) kept() (longest time.Duration) {
	for _, l := range v.layers {
		if l.minute != nil {
			longest = max(longest, l.minute.ring.Duration())
		}
	}
	return min(longest, minuteTime)
}

// stop ends the recorder, so that the ring has everything.
func (m *minute) stop() (err error) {
	if m.recorder != nil {
		err = m.recorder.Close()
	}
	m.recorder = nil
	return err
}

// check warns of an error. There is no minute after it.
func (m *minute) check(err error) {
	if err != nil {
		m.viewer.warn(fmt.Errorf("the last minute cannot be kept: %w", err))
		m.failed = true
	}
}

// at returns the parts of the stream at a moment.
func (m *minute) at(t time.Duration) []*part {
	i := len(m.casts) - 1
	for i > 0 && m.casts[i].at > t {
		i--
	}
	return m.casts[i].parts
}
