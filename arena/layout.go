package arena

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// Layout returns the memory layout of T as text: the kinds of its fields in order, each
// with a count, for example "16float32" or "3float32 1uint32 4float32". Gaps count as
// "pad", in bytes. Two programs whose layouts are equal can exchange slots, even if their
// types have different names. Any goroutine may call Layout.
func Layout[T any]() string {
	var words []string
	var counts []int
	add := func(word string, n int) {
		if last := len(words) - 1; last >= 0 && words[last] == word {
			counts[last] += n
			return
		}
		words, counts = append(words, word), append(counts, n)
	}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Array:
			for range t.Len() {
				walk(t.Elem())
			}
		case reflect.Struct:
			at := uintptr(0)
			for f := range t.Fields() {
				if gap := f.Offset - at; gap > 0 {
					add("pad", int(gap))
				}
				walk(f.Type)
				at = f.Offset + f.Type.Size()
			}
			if gap := t.Size() - at; gap > 0 {
				add("pad", int(gap))
			}
		default:
			add(t.Kind().String(), 1)
		}
	}
	walk(reflect.TypeFor[T]())
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d%s", counts[i], w)
	}
	return b.String()
}

// Bytes returns the memory of slots without a copy. Its length is len(slots) times the size
// of T.
func Bytes[T any](slots []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(slots))), len(slots)*int(unsafe.Sizeof(*new(T))))
}
