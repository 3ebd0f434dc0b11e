package window

import (
	"math/rand/v2"
	"testing"
)

// A press owns its release, whatever the program says about the release, and wherever the mouse is by then.
func TestPressOwnsItsRelease(t *testing.T) {
	for _, c := range []struct {
		name        string
		handled     bool // the press
		to          float64
		lose        bool // the focus, in between
		down, click bool
	}{
		{"a click", false, 102, false, true, true},
		{"a drag", false, 150, false, true, false},
		{"a press that the program handled", true, 102, false, true, false},
		{"a drag that the program handled", true, 150, false, true, false},
		{"a press that lost the focus", false, 102, true, true, false},
	} {
		var p pointer
		p.moved(100, 100)
		p.press(ButtonLeft, c.handled)
		if c.lose {
			p.cancel()
		}
		dx, _, drag := p.moved(c.to, 100)
		if want := !c.handled && !c.lose; drag != want || drag && dx != c.to-100 {
			t.Errorf("%s: dragged %v by %v", c.name, drag, dx)
		}
		if down, click := p.release(ButtonLeft); down != c.down || click != c.click {
			t.Errorf("%s: down %v, click %v", c.name, down, click)
		}
		if _, _, drag := p.moved(300, 300); drag {
			t.Errorf("%s: the drag goes on after its release", c.name)
		}
		if down, click := p.release(ButtonLeft); down || click {
			t.Errorf("%s: a release without a press is one: %v, %v", c.name, down, click)
		}
		p.press(ButtonLeft, false)
		if down, click := p.release(ButtonLeft); !down || !click {
			t.Errorf("%s: the next click is swallowed: %v, %v", c.name, down, click)
		}
	}
}

// One button drags; the release of another one ends nothing.
func TestOneButtonDrags(t *testing.T) {
	var p pointer
	p.press(ButtonLeft, false)
	p.press(ButtonRight, false)
	p.moved(50, 0)
	if down, click := p.release(ButtonRight); !down || click || !p.dragging || p.button != ButtonLeft {
		t.Errorf("the second button: %v, %v, %+v", down, click, p)
	}
	if dx, _, drag := p.moved(60, 0); !drag || dx != 10 {
		t.Errorf("the first button's drag ended: %v, %v", drag, dx)
	}
	p.release(ButtonLeft)
}

// A window that moves under the mouse turns nothing, and what the mouse moved counts in full, in whatever order the
// window system tells of the two: the event that the window is elsewhere comes before it is, or after motions there, or
// not at all.
func TestDragsAreMeasuredOnTheDesktop(t *testing.T) {
	type place = [2]int
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var p pointer
		window, mouse := place{100, 50}, place{400, 300} // truly, on the desktop
		next := window                                   // the place that the window goes to
		moved := func() (x, y float64) {
			dx, dy, drag := p.moved(float64(mouse[0]-window[0]), float64(mouse[1]-window[1]))
			if !drag {
				return 0, 0
			}
			return dx, dy
		}
		p.place(window[0], window[1])
		moved()
		p.press(ButtonLeft, false)
		start := mouse
		var x, y float64
		add := func(dx, dy float64) {
			if x, y = x+dx, y+dy; x < 0 || y < 0 || x > float64(mouse[0]-start[0]) || y > float64(mouse[1]-start[1]) {
				t.Fatalf("seed %d: dragged by %v, %v, and the mouse moved by %v, %v", seed, x, y, mouse[0]-start[0], mouse[1]-start[1])
			}
		}
		round := func(events func()) {
			events()
			if p.round() {
				p.place(window[0], window[1])
				add(moved())
			}
		}
		motion := func() {
			if p.asks() {
				p.answer(window[0], window[1])
			}
			add(moved())
		}
		for range 60 {
			round(func() {
				for range rng.IntN(5) {
					switch rng.IntN(4) {
					case 0:
						mouse[0] += rng.IntN(31)
						mouse[1] += rng.IntN(31)
						motion()
					case 1: // a move begins
						if next == window {
							next = place{rng.IntN(100_000), rng.IntN(100_000)}
						}
					case 2: // the window is there; events behind an answer are not older than it
						if !p.asked || p.waiting {
							window = next
						}
					case 3: // and is said to be there
						p.place(next[0], next[1])
					}
				}
			})
		}
		round(motion)
		if x != float64(mouse[0]-start[0]) || y != float64(mouse[1]-start[1]) {
			t.Fatalf("seed %d: dragged by %v, %v, and the mouse moved by %v, %v", seed, x, y, mouse[0]-start[0], mouse[1]-start[1])
		}
	}
}

// Where a system does not say where the window is, a change of it begins the drag anew.
func TestDragsWithoutAPlace(t *testing.T) {
	var p pointer
	p.moved(100, 100)
	p.press(ButtonLeft, false)
	p.moved(110, 100)
	p.misplace()
	if dx, dy, drag := p.moved(700, 500); drag {
		t.Errorf("a window of another size turns the camera by %v, %v", dx, dy)
	}
	if dx, _, drag := p.moved(703, 500); !drag || dx != 3 {
		t.Errorf("then dragged %v by %v", drag, dx)
	}
	if _, click := p.release(ButtonLeft); click {
		t.Error("a click in a window that changed")
	}
}
