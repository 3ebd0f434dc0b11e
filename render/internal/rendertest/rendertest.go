//go:build cgo || js

// Package rendertest is what the tests of the rooms under render share: a device that draws the same everywhere,
// pictures compared with golden ones, and what to do where a machine lacks something.
package rendertest

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"runtime"
	"testing"

	"github.com/slotstream/slotstream/render"
)

// CI tells whether this is the machine that decides: what a test needs must be there.
func CI() bool { return os.Getenv("CI") == "true" }

// Missing ends a test that lacks something of this machine: a failure in CI, a skip elsewhere.
func Missing(t testing.TB, what any) {
	t.Helper()
	if CI() {
		t.Fatalf("%v: make deps", what)
	}
	t.Skipf("%v: make deps", what)
}

// Check ends the test where there is an error.
func Check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ofAll is the device of all tests in a page.
var ofAll *render.Device

// OpenDevice opens a software device, which draws the same on every machine. In a page, all tests get one device: the
// browser keeps what it has compiled for a device, and compiles for a second and more.
func OpenDevice(t testing.TB) *render.Device {
	t.Helper()
	switch {
	case runtime.GOOS != "js":
		return OwnDevice(t)
	case ofAll == nil:
		ofAll = open(t)
	}
	return ofAll
}

// OwnDevice opens a device as OpenDevice does, for a test that ends it or needs two.
func OwnDevice(t testing.TB) *render.Device {
	t.Helper()
	d := open(t)
	t.Cleanup(d.Release)
	return d
}

func open(t testing.TB) *render.Device {
	t.Helper()
	d, err := render.Open(render.DeviceConfig{Software: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if errors.Is(err, render.ErrNoAdapter) {
		Missing(t, err)
	}
	Check(t, err)
	return d
}
