package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/words"
	"github.com/slotstream/slotstream/render/overlay"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/upload"
)

// hud is what the window shows over the scene: the state of the program, and on demand the keys.
type hud struct {
	*overlay.Overlay
	hidden, help bool

	times overlay.Times
	torn  int // reads since the start
}

// keys are the help panel.
var keys = []overlay.Row{
	{Name: "drag", Value: "orbit; right button pans, wheel zooms"},
	{Name: "click", Value: "push a cube"},
	{Name: "E", Value: "explode the heap under the mouse, or all"},
	{Name: "R", Value: "restart"},
	{Name: "+ -", Value: "a thousand cubes more, or fewer"},
	{Name: "C", Value: "what the colours show"},
	{Name: "space", Value: "pause"},
	{Name: "S", Value: "screenshot"},
	{Name: "F11", Value: "full screen"},
	{Name: "O", Value: "hide or show this overlay"},
	{Name: "H", Value: "hide or show the keys"},
	{Name: "Q Esc", Value: "quit"},
}

func newHUD(w *window.Window) (*hud, error) {
	o, err := overlay.New(w.Device(), w.Format(), w.Scale())
	if err != nil {
		return nil, err
	}
	return &hud{Overlay: o}, nil
}

// key reports whether the key means something to the overlay.
func (h *hud) key(k window.Key) bool {
	switch k {
	case 'H':
		h.help = !h.help
		h.hidden = h.hidden && !h.help
	case 'O':
		h.hidden = !h.hidden
	default:
		return false
	}
	return true
}

const (
	edge = 16 // between the window's border and a panel; in the overlay's pixels
	gap  = 8  // between two panels
)

// compose makes the overlay of the next frame, in a window so many pixels high, from what the last one did.
func (h *hud) compose(s *scene, windowHeight int, paused bool) {
	h.Clear()
	if h.hidden {
		return
	}
	world, sent := s.world.Stats(), s.cubes.Stats()
	state := "running"
	if paused {
		state = "paused"
	}
	height := h.HUD(edge, edge, &h.times, []overlay.Row{
		{Name: "cubes", Value: words.Count(world.Live)},
		{Name: "awake", Value: words.Count(world.Awake)},
		{Name: "time lost", Value: fmt.Sprintf("%d ms", world.Dropped.Milliseconds())},
		{Name: "slots updated", Value: words.Count(sent.Updated)},
		{Name: "uploaded", Value: uploadText(sent)},
		{Name: "strategy", Value: strategiesText(sent.Strategies)},
		{Name: "torn reads", Value: words.Count(h.torn)},
		{Name: "colour", Value: s.paint.current().String()},
		{Name: "H for keys", Value: state},
	})
	if h.help {
		x, y := float32(edge), edge+height+gap
		if y+overlay.KeysHeight(len(keys))+edge > float32(windowHeight)/h.Scale() {
			x, y = edge+overlay.HUDWidth+gap, edge
		}
		h.Keys(x, y, keys)
	}
}

// clear is how wide a strip at the window's left the scene should leave to the overlay, in pixels: a third of it, as
// the tanks nearest to it stand below it.
func (h *hud) clear() int {
	if h.hidden {
		return 0
	}
	return int((edge + overlay.HUDWidth) * h.Scale() / 3)
}

// drawn takes note of a frame.
func (h *hud) drawn(took time.Duration, stats upload.Stats) {
	h.times.Add(took)
	h.torn += stats.Torn
}

func uploadText(s upload.Stats) string {
	return fmt.Sprintf("%s in %s", words.Bytes(s.Bytes), words.Plural(s.Calls, "call"))
}

// strategiesText names what the pages with changes took, each once.
func strategiesText(pages []upload.Strategy) string {
	var names []string
	for _, s := range pages {
		if name := s.String(); s != upload.None && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "nothing changed"
	}
	return strings.Join(names, ", ")
}
