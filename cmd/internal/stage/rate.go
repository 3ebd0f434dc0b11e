package stage

import "time"

// A Rate measures how fast a sum grows, over about a second.
type Rate struct {
	sum  float64
	past []sample // oldest first
}

type sample struct {
	at  time.Time
	sum float64
}

const rateWindow = time.Second

// Add adds to the sum.
func (r *Rate) Add(now time.Time, n float64) { r.Reach(now, r.sum+n) }

// Reach sets the sum.
func (r *Rate) Reach(now time.Time, sum float64) {
	r.sum = sum
	r.past = append(r.past, sample{now, sum})
	old := 0
	for old < len(r.past)-2 && now.Sub(r.past[old+1].at) >= rateWindow {
		old++
	}
	r.past = r.past[:copy(r.past, r.past[old:])]
}

// PerSecond returns how fast the sum has grown.
func (r *Rate) PerSecond() float64 {
	if len(r.past) < 2 {
		return 0
	}
	first, last := r.past[0], r.past[len(r.past)-1]
	return (last.sum - first.sum) / last.at.Sub(first.at).Seconds()
}
