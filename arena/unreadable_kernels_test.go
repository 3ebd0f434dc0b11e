//go:build unix && amd64 && !race && !purego

package arena

import "testing"

func TestUnreadableValuesKernels(t *testing.T) {
	forms(t, func(t *testing.T) {
		unreadable[[4]uint32](t)
		unreadable[[16]uint32](t)
		unreadable[[20]uint32](t)
		unreadable[[64]uint32](t)
	})
}
