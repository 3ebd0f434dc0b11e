// Package handle finds the C handles that the wgpu binding keeps in unexported fields: what calls need that the binding
// lacks or gets wrong. It is the only place that reaches into the binding's types, and for those who write such calls:
// most programs never meet it.
//
//	var deviceRef = handle.In[wgpu.Device]("ref")
//
//	C.some_call(deviceRef.Of(device))
//
// A field that is missing panics when the program starts, and not in the middle of a frame: the binding is another
// version than the one that go.mod pins.
package handle

import (
	"fmt"
	"reflect"
	"unsafe"
)

// A Field is where values of type T, a struct of the binding, keep a C handle. Make it with In; the zero Field is none.
// It never changes, and any goroutine may use it, as far as the values allow.
type Field[T any] struct{ offset uintptr }

// In finds the field of T that has the name and holds a pointer. It panics where T has none.
func In[T any](name string) Field[T] {
	t := reflect.TypeFor[T]()
	f, ok := t.FieldByName(name)
	if !ok || f.Type.Kind() != reflect.Pointer {
		panic(fmt.Sprintf("handle: %v has no pointer field named %s: this binding is not the one slotstream was built for", t, name))
	}
	return Field[T]{f.Offset}
}

// Of is p's handle. p keeps it: it is of use as long as p has not been released.
func (f Field[T]) Of(p *T) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(p), f.offset))
}

// Put makes h the handle of p, which releases it from then on as if the binding had made it.
func (f Field[T]) Put(p *T, h unsafe.Pointer) {
	*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(p), f.offset)) = h
}
