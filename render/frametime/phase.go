package frametime

import "fmt"

// Phase is a part of a frame. The phases from Simulate to Wait are times of the render goroutine, one after the other,
// and add up to nearly the whole Frame. GPU is a time of the device, which works at the same time, so it is part of no
// sum.
type Phase int

const (
	Simulate Phase = iota // the world's step, if it is part of the frame
	Descend               // copying what changed from the arena to the mirror
	Plan                  // choosing the calls that upload the changed ranges
	Write                 // making these calls
	Encode                // recording the camera and the draw commands
	Submit                // handing the commands to the queue
	Wait                  // waiting for the device and the display
	GPU                   // the device's time for the frame, measured by timestamp queries
	Frame                 // all from Begin to End

	numPhases = int(Frame) + 1
)

var names = [numPhases]string{"simulate", "descend", "plan", "write", "encode", "submit", "wait", "gpu", "frame"}

// String returns the phase's name, such as "simulate": its key in a Report.
func (p Phase) String() string {
	if p < 0 || int(p) >= numPhases {
		return fmt.Sprintf("Phase(%d)", int(p))
	}
	return names[p]
}

// Phases returns all phases, in the order of a frame.
func Phases() []Phase {
	ps := make([]Phase, numPhases)
	for i := range ps {
		ps[i] = Phase(i)
	}
	return ps
}
