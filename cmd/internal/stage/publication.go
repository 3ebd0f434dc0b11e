package stage

import (
	"expvar"
	"fmt"

	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/internal/words"
)

// published is the summary of a publisher.
func published(name string, s relay.PublisherStats) string {
	return fmt.Sprintf("%s: %s to viewers, %s", name, words.Plural(s.Frames, "frame"), words.Bytes(s.Bytes))
}

// counters makes an expvar variable of a publisher's counters. It reads them each time that somebody asks.
func counters(stats func() relay.PublisherStats) expvar.Func {
	return func() any {
		s := stats()
		return struct {
			Viewers    int     `json:"viewers"`     // at this moment
			Frames     int64   `json:"frames"`      // sent, counted for each viewer
			Bytes      int64   `json:"bytes"`       // of these frames
			Conflated  int64   `json:"conflated"`   // frames that a viewer had no room for; a later frame carries the change
			Resent     int64   `json:"resent"`      // times that a viewer lost something and got it again
			AgeSeconds float64 `json:"age_seconds"` // of the oldest frame that a viewer has not applied yet
		}{s.Viewers, s.Frames, s.Bytes, s.Conflated, s.Resent, s.Age.Seconds()}
	}
}
