package render_test

import (
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"testing"

	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/upload"
)

// A look and a strategy are flags, by flag.TextVar, and words in JSON.
func ExampleLook() {
	var renderer render.Config
	var batch render.BatchConfig
	flags := flag.NewFlagSet("program", flag.ContinueOnError)
	flags.TextVar(&renderer.Look, "look", render.Plain, "plain or studio")
	flags.TextVar(&batch.Upload.Strategy, "upload", upload.Auto, "how changes reach the GPU")
	err := flags.Parse([]string{"-look", "studio", "-upload", "ranges"})
	fmt.Println(renderer.Look, batch.Upload.Strategy, err)

	err = renderer.Look.UnmarshalText([]byte("pretty"))
	fmt.Println(err)
	// Output:
	// studio ranges <nil>
	// render: unknown look "pretty": want plain or studio
}

// Every value comes back from its name, from flags and from JSON, and nothing else does.
func TestNamesComeBack(t *testing.T) {
	type word interface {
		encoding.TextMarshaler
		encoding.TextUnmarshaler
		fmt.Stringer
	}
	for _, test := range []struct {
		names []string
		fresh func() word
	}{
		{[]string{"plain", "studio"}, func() word { return new(render.Look) }},
		{[]string{"auto", "ranges", "merged", "scatter", "full"}, func() word { return new(upload.Strategy) }},
	} {
		for _, name := range test.names {
			w := test.fresh()
			flags := flag.NewFlagSet("", flag.ContinueOnError)
			flags.SetOutput(io.Discard)
			flags.TextVar(w, "w", w, "")
			if err := flags.Parse([]string{"-w", name}); err != nil || w.String() != name {
				t.Errorf("-w %s gave %v: %v", name, w, err)
			}
			text, err := json.Marshal(w)
			back := test.fresh()
			if err != nil || string(text) != fmt.Sprintf("%q", name) || json.Unmarshal(text, back) != nil || back.String() != name {
				t.Errorf("%s went as %s and came back as %v: %v", name, text, back, err)
			}
		}
		for _, bad := range []string{"", "None", "STUDIO", "Look(1)", "0"} {
			w := test.fresh()
			last := test.names[len(test.names)-1]
			if w.UnmarshalText([]byte(last)) != nil || w.UnmarshalText([]byte(bad)) == nil || w.String() != last {
				t.Errorf("%q after %s gave %v", bad, last, w)
			}
		}
	}
	for value, want := range map[fmt.Stringer]string{render.Look(2): "Look(2)", render.Look(-1): "Look(-1)", upload.Strategy(5): "Strategy(5)"} {
		if value.String() != want {
			t.Errorf("%s prints %s", want, value)
		}
	}
}
