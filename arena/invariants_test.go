//go:build invariants || race

package arena

import "testing"

func TestSpanMisuseIsCaught(t *testing.T) {
	a := newGoMats(t, Config[goMat]{})
	span := allocSpan(t, a, 10, goMat{})
	v := goMatOf(1)
	nested := func(f func()) {
		t.Helper()
		hook = func() {
			hook = nil
			mustPanic(t, "one goroutine at a time", f)
		}
		defer func() { hook = nil }()
		span.Set(0, &v)
		if hook != nil {
			t.Fatal("the window was not entered")
		}
	}
	nested(func() { span.Set(1, &v) })
	nested(func() { span.StoreRange(1, []goMat{v}) })
	nested(func() { span.Flush() })
	nested(func() { span.Free() })
	if !span.Set(0, &v) {
		t.Fatal("a caught misuse left the span unusable")
	}
}
