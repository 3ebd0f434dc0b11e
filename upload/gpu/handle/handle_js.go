// Package handle finds the JavaScript objects that the wgpu binding keeps in unexported fields. Use it only for a call
// that the binding lacks in browsers. Most programs never need it.
//
//	var device = handle.In[wgpu.Device]("jsValue")
//
//	device.Of(d).Get("lost")
//
// On other platforms the package finds C handles. If a field is missing, the program panics when it starts.
package handle

import (
	"fmt"
	"reflect"
	"syscall/js"
	"unsafe"
)

// A Field is the place of a JavaScript object in T, a struct of the binding. Make it with In; do not use the zero
// Field.
type Field[T any] struct{ offset uintptr }

// In returns the field of T that has the given name and holds a js.Value. It panics if T has no such field.
func In[T any](name string) Field[T] {
	t := reflect.TypeFor[T]()
	f, ok := t.FieldByName(name)
	if !ok || f.Type != reflect.TypeFor[js.Value]() {
		panic(fmt.Sprintf("handle: %v has no js.Value named %s: build with the version of the binding in slotstream's go.mod", t, name))
	}
	return Field[T]{f.Offset}
}

// Of returns the object of p.
func (f Field[T]) Of(p *T) js.Value { return *(*js.Value)(unsafe.Add(unsafe.Pointer(p), f.offset)) }

// Put makes v the object of p.
func (f Field[T]) Put(p *T, v js.Value) { *(*js.Value)(unsafe.Add(unsafe.Pointer(p), f.offset)) = v }
