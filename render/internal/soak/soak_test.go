package soak

import (
	"flag"
	"fmt"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/slotstream/slotstream/upload"
)

var length = flag.Duration("soak", 3*time.Second, "how long TestSoak runs")

// five are the strategies that take turns.
var five = []upload.Strategy{upload.Auto, upload.Ranges, upload.Merged, upload.Scatter, upload.Full}

// fills are how full the crowd makes the arena, by turns, in 64ths: from almost empty to overflowing. There are seven,
// so that each strategy meets each.
var fills = []int64{4, 12, 24, 40, 56, 64, 72}

// warmUp is in legs: by then the arena was full once, and every strategy used.
const warmUp = 10

// A leg is one strategy at one fill. The soak has about sixty of them, or more of five seconds each. When each strategy
// had its turn, the device is closed and another one opened.
//
// It takes 20 seconds of CPU: eight writers a core write at full speed, and the CPU draws.
func TestSoak(t *testing.T) {
	goroutines := goleak.IgnoreCurrent()
	t.Cleanup(func() { // after the stage is gone
		if err := goleak.Find(goroutines); err != nil {
			t.Error(err)
		}
	})
	s := newStage(t)
	c := newCrowd(s.arena, 8*runtime.GOMAXPROCS(0))
	c.start()
	defer c.end()

	leg := min(*length/60, 5*time.Second)
	start, legs := time.Now(), 0
	var memory []int
	for ; time.Since(start) < *length || legs < 2*warmUp; legs++ {
		strategy := five[legs%len(five)]
		fill := capacity / 64 * fills[legs%len(fills)]
		overflows := c.full.Load()
		c.most.Store(fill)
		must(t, s.use(strategy))
		for until := time.Now().Add(leg); ; {
			if s.figures.frames%4 == 0 {
				size := s.sizes[s.rng.IntN(sizes)]
				must(t, s.resize(size[0], size[1]))
			}
			if err := s.frame(); err != nil {
				t.Fatalf("%v, frame %d: %v", strategy, s.figures.frames, err)
			}
			if s.figures.frames%8 == 0 {
				if err := s.check(); err != nil {
					t.Fatalf("%v, frame %d: %v", strategy, s.figures.frames, err)
				}
			}
			must(t, c.err())
			if time.Now().After(until) && (fill <= capacity || c.full.Load() > overflows) {
				break
			}
		}
		if err := s.rest(c); err != nil {
			t.Fatalf("%v, at rest after frame %d: %v", strategy, s.figures.frames, err)
		}
		if legs%len(five) == len(five)-1 {
			s.close()
			if legs >= warmUp {
				memory = append(memory, bytesInUse())
			}
			must(t, s.open())
		}
	}
	must(t, c.end())
	from, to, err := flat(memory)
	if err != nil {
		t.Error(err)
	}
	f := s.figures
	if c.full.Load() == 0 || c.stale.Load() == 0 || f.white == 0 || f.pages < pages {
		t.Errorf("the soak did not get everywhere: %d times full, %d stale calls, %d white pixels, %d pages",
			c.full.Load(), c.stale.Load(), f.white, f.pages)
	}
	fmt.Printf("soak: %v, %d goroutines, %d legs, %d frames, %d resizes, %s\n",
		time.Since(start).Round(time.Second), len(c.writers), legs, f.frames, f.resizes, s.device.Info)
	fmt.Printf("soak: %d slots stored, %d accepted, each of them whole, in its place and none older than before; %d torn and refused\n",
		c.stored.Load(), f.updated, f.torn)
	fmt.Printf("soak: %d occupants, %d times full, %d stale calls refused\n", c.lives, c.full.Load(), c.stale.Load())
	fmt.Printf("soak: %d ranges, %d calls, %d MiB uploaded; %d checks, %d MiB read back equal, %d pictures\n",
		f.ranges, f.calls, f.bytes>>20, f.checks, f.gpuBytes>>20, f.pictures)
	fmt.Printf("soak: without a device %d KiB in use after warm-up, %d KiB at the end; each device's: %v\n", from>>10, to>>10, kibibytes(memory))
}
