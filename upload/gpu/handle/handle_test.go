//go:build !js

package handle_test

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/slotstream/slotstream/upload/gpu/handle"
)

type cObject struct{ n int }

// wrapped stands for a type of the binding.
type wrapped struct {
	name string
	ref  *cObject
}

func Example() {
	ref := handle.In[wrapped]("ref") // once, in a variable of the package
	a, b := &wrapped{"a", &cObject{7}}, &wrapped{name: "b"}
	ref.Put(b, ref.Of(a))
	fmt.Println(b.name, b.ref.n)
	// Output: b 7
}

func TestPutAndOfUseTheSameField(t *testing.T) {
	ref, object := handle.In[wrapped]("ref"), new(cObject)
	w := &wrapped{name: "unharmed"}
	if ref.Of(w) != nil {
		t.Fatal("a zero value has a handle")
	}
	ref.Put(w, unsafe.Pointer(object))
	if w.ref != object || ref.Of(w) != unsafe.Pointer(object) || w.name != "unharmed" {
		t.Fatalf("put %p, have %+v", object, w)
	}
}

func TestAnotherBindingPanics(t *testing.T) {
	for what, in := range map[string]func(){
		"a missing field":            func() { handle.In[wrapped]("handle") },
		"a field that is no pointer": func() { handle.In[wrapped]("name") },
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.Contains(said, "handle_test.wrapped has no pointer field named") {
					t.Errorf("%s: %q", what, said)
				}
			}()
			in()
		}()
	}
}
