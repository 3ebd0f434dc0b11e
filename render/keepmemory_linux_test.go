package render_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/render"
)

// The kernel does not take away, from frame to frame, the memory that a driver on the CPU needs: a frame touches few
// pages anew. Without keepMemory, one of 10,000 cubes touched 2,800. A process of its own draws, since glibc keeps more
// memory by itself once a large piece was freed.
func TestFramesKeepTheirMemory(t *testing.T) {
	if os.Getenv("SLOTSTREAM_TEST_FRAMES") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFramesKeepTheirMemory$")
		cmd.Env = append(os.Environ(), "SLOTSTREAM_TEST_FRAMES=1")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var frames, pages int
		_, said, _ := strings.Cut(string(out), "drawn: ")
		if _, err := fmt.Sscanf(said, "%d %d", &frames, &pages); err != nil || frames == 0 {
			t.Fatalf("%v\n%s", err, out)
		}
		if pages/frames > 500 {
			t.Errorf("%d pages were touched anew in each of %d frames", pages/frames, frames)
		}
		return
	}
	d := openDevice(t)
	s := newStage(t, d, 640, 360, render.Config{MSAA: 1})
	var models []mgl32.Mat4
	for i := range 10_000 {
		models = append(models, benchCube(i, 22))
	}
	b := newBatch(t, s, newArena(t, models...), cubeMesh(t, d), render.BatchConfig{})
	camera := render.NewCamera(mgl32.Vec3{}, 55)
	faults := func(frames int) int {
		var before, after syscall.Rusage
		check(t, syscall.Getrusage(syscall.RUSAGE_SELF, &before))
		for range frames {
			_, err := s.renderer.Frame(s.target, &camera, b)
			check(t, err)
			d.Wait()
		}
		check(t, syscall.Getrusage(syscall.RUSAGE_SELF, &after))
		return int(after.Minflt - before.Minflt)
	}
	faults(8)
	const frames = 10
	fmt.Println("drawn:", frames, faults(frames))
}
