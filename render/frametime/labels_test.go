package frametime_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/slotstream/slotstream/render/frametime"
)

// Labels are read as they were set: in their order, and to the last digit.
func TestLabelsKeepOrderAndDigits(t *testing.T) {
	var l frametime.Labels
	l.Set("z", uint64(math.MaxUint64))
	l.Set("a", 0.1)
	l.Set("flag", true)
	l.Set("look", time.Second)
	l.Set("text", `"quoted"`)
	l.Set("a", -2)
	data, err := json.Marshal(l)
	const want = `{"z":18446744073709551615,"a":-2,"flag":true,"look":"1s","text":"\"quoted\""}`
	if err != nil || string(data) != want {
		t.Fatalf("%s, %v", data, err)
	}
	var back frametime.Labels
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(back); err != nil || string(again) != want {
		t.Errorf("%s, %v", again, err)
	}
	if _, ok := back.Number("text"); ok || back.Text("none") != "" || back.Text("flag") != "true" {
		t.Error("a text is a number, or a missing label has a value")
	}
}

func TestLabelsRefuse(t *testing.T) {
	for _, data := range []string{`[]`, `"x"`, `{"a":[1]}`, `{"a":{}}`, `{"a":null}`} {
		var l frametime.Labels
		if err := json.Unmarshal([]byte(data), &l); err == nil {
			t.Errorf("%s became %v", data, l)
		}
	}
	for _, value := range []any{math.NaN(), []int{1}, nil, struct{}{}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v became a label", value)
				}
			}()
			var l frametime.Labels
			l.Set("x", value)
		}()
	}
}
