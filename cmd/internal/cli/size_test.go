package cli

import "testing"

// Set takes a text that String gives back, or it refuses the text and changes nothing.
func FuzzSize(f *testing.F) {
	for _, seed := range []string{"1280x720", "1x1", "8192x8192", "0x0", "8193x1", "-1x5", "+1x5", "1x", "x1", "1280×720", "1e3x5", "01x1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		was := Size{640, 480}
		s := was
		if err := s.Set(text); err != nil {
			if s != was {
				t.Errorf("%q was refused (%v) and changed the size to %v", text, err, s)
			}
			return
		}
		if s.Width < 1 || s.Height < 1 {
			t.Fatalf("%q gives %v", text, s)
		}
		again := Size{}
		if err := again.Set(s.String()); err != nil || again != s {
			t.Errorf("%q gives %v, which reads as %v, %v", text, s, again, err)
		}
	})
}
