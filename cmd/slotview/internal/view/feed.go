package view

import (
	"time"
)

// A feed brings the slots of one source into streams of its own: those of a recording, of a publisher, or of the
// writers in shared memory. The render goroutine calls its methods.
type feed interface {
	// receive stores what has arrived, at now on the viewer's clock: the next Descend shows it.
	receive(now time.Duration) error

	streams() []stream // that have something to show; more may come, behind the others
	awaited() error    // nil once something has come; before, why nothing has
	arriving() bool    // whether something may have come since the last receive: looks, and changes nothing that is drawn
	what() string      // what it waits for: "writers", or a name
	close()
}
