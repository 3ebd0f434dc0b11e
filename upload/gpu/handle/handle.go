//go:build !js

// Package handle finds the C handles that the wgpu binding keeps in unexported fields. Use it only to call a wgpu
// function in C that the binding lacks or gets wrong. Most programs never need it.
//
//	var deviceRef = handle.In[wgpu.Device]("ref")
//
//	C.some_call(deviceRef.Of(device))
//
// If a field is missing, the program panics when it starts, not in the middle of a frame. The cause is a version of the
// binding that differs from the one in slotstream's go.mod.
package handle

import (
	"fmt"
	"reflect"
	"unsafe"
)

// A Field is the place of a C handle in T, a struct of the binding. Make it with In; do not use the zero Field.
// A Field never changes, so any goroutine may use it.
type Field[T any] struct{ offset uintptr }

// In returns the pointer field of T with the given name. It panics if T has no such field.
func In[T any](name string) Field[T] {
	t := reflect.TypeFor[T]()
	f, ok := t.FieldByName(name)
	if !ok || f.Type.Kind() != reflect.Pointer {
		panic(fmt.Sprintf("handle: %v has no pointer field named %s: build with the version of the binding in slotstream's go.mod", t, name))
	}
	return Field[T]{f.Offset}
}

// Of returns the handle of p. It is valid until p is released.
func (f Field[T]) Of(p *T) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(p), f.offset))
}

// Put makes h the handle of p. From then on p owns h: releasing p releases h.
func (f Field[T]) Put(p *T, h unsafe.Pointer) {
	*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(p), f.offset)) = h
}
