package frametime_test

import (
	"testing"

	"github.com/slotstream/slotstream/render/frametime"
)

func TestPlaceLeavesOutWhatIsNotKnown(t *testing.T) {
	for want, r := range map[string]frametime.Report{
		"":                 {},
		"llvmpipe":         {Adapter: frametime.Adapter{Name: "llvmpipe"}},
		"vulkan · 2 cores": {Adapter: frametime.Adapter{Backend: "vulkan"}, Machine: frametime.Machine{CPUs: 2}},
		"GPU · CPU · go1":  {Adapter: frametime.Adapter{Name: "GPU"}, Machine: frametime.Machine{CPU: "CPU", Go: "go1"}},
	} {
		if got := r.Place(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
