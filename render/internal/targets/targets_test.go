package targets_test

import (
	"testing"

	"github.com/slotstream/slotstream/render/internal/targets"
)

type target interface{ Size() int }

type named interface{ Name() string }

type window struct{}

func (window) Size() int    { return 1 }
func (window) Name() string { return "window" }

type wrapper struct{ target }

func (w wrapper) Unwrap() target { return w.target }

type namedWrapper struct{ wrapper }

func (namedWrapper) Name() string { return "wrapper" }

// A method is looked for in the target, then in what it wraps, and so on.
func TestAs(t *testing.T) {
	for _, c := range []struct {
		in   target
		want string
	}{
		{window{}, "window"},
		{wrapper{wrapper{window{}}}, "window"},
		{wrapper{namedWrapper{wrapper{window{}}}}, "wrapper"},
	} {
		if found, ok := targets.As[named](c.in); !ok || found.Name() != c.want {
			t.Errorf("%T: %v, %v, want %s", c.in, found, ok, c.want)
		}
	}
	if _, ok := targets.As[interface{ Opaque() bool }](target(wrapper{window{}})); ok {
		t.Error("a method was found that nothing has")
	}
}
