package upload_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/upload"
)

// An error has the prefix of this package once, at whichever call of an Upload it began.
func TestErrorsHaveOnePrefix(t *testing.T) {
	device := openDevice(t)
	for _, strategy := range []upload.Strategy{upload.Ranges, upload.Scatter} {
		a := newArena(t, arenaOf(64))
		if _, err := a.AllocSpan(64, mat{}); err != nil {
			t.Fatal(err)
		}
		u := newUploader(t, device, a, upload.Config{Strategy: strategy})
		faults := upload.Inject(u)
		a.Descend()
		failed := 0
		for ; ; failed++ {
			faults.Arm(failed)
			_, err := u.Upload()
			if err == nil {
				break
			}
			if text := err.Error(); !errors.Is(err, upload.ErrInjected) || !strings.HasPrefix(text, "upload: ") || strings.Count(text, "upload: ") != 1 {
				t.Errorf("%v, call %d: %q", strategy, failed, text)
			}
		}
		if failed == 0 {
			t.Errorf("%v: no call failed", strategy)
		}
	}
}
