package frametime

import "fmt"

// Phase is one part of a frame. All but GPU and Frame are times of the render goroutine, one after the other, and
// together they explain the frame; GPU runs on the device beside them and adds to no sum.
type Phase int

const (
	Simulate Phase = iota // the world's step, where it is part of the frame
	Descend               // arena to mirror
	Plan                  // ranges to calls
	Write                 // the calls
	Encode                // camera, commands
	Submit                // commands to the queue
	Wait                  // for the device and the display
	GPU                   // the device's own time for the frame, by timestamp queries
	Frame                 // from Begin to End

	numPhases = int(Frame) + 1
)

var names = [numPhases]string{"simulate", "descend", "plan", "write", "encode", "submit", "wait", "gpu", "frame"}

func (p Phase) String() string {
	if p < 0 || int(p) >= numPhases {
		return fmt.Sprintf("Phase(%d)", int(p))
	}
	return names[p]
}

// Phases lists every phase in the order of a frame.
func Phases() []Phase {
	ps := make([]Phase, numPhases)
	for i := range ps {
		ps[i] = Phase(i)
	}
	return ps
}
