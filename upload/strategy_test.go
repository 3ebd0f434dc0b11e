package upload_test

import (
	"encoding/json"
	"testing"

	"github.com/slotstream/slotstream/upload"
)

func TestStrategyText(t *testing.T) {
	for _, s := range five {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		back := upload.Strategy(-1)
		if err := json.Unmarshal(text, &back); err != nil || back != s {
			t.Errorf("%v came back from %s as %v: %v", s, text, back, err)
		}
	}
	for _, bad := range []string{"", "none", "Auto", "Strategy(7)"} {
		s := upload.Full
		if err := s.UnmarshalText([]byte(bad)); err == nil || s != upload.Full {
			t.Errorf("%q made %v, and the error %v", bad, s, err)
		}
	}
	if got := upload.Strategy(7).String(); got != "Strategy(7)" {
		t.Errorf("Strategy(7) prints %s", got)
	}
}
