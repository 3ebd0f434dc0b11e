package relay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unsafe"

	"github.com/slotstream/slotstream/arena"
)

// Info describes a publisher.
type Info struct {
	Name      string
	Epoch     uint64            // random, and another one after each restart of the publisher
	Type      string            // the Go type of its slots, for people to read
	SlotBytes int               // the size of a slot
	Layout    string            // the fields of a slot, as arena.Layout writes them
	Metadata  map[string]string // PublisherConfig.Metadata, or what SetMetadata has replaced it with
}

func infoOf[T any](name string, epoch uint64, metadata map[string]string) Info {
	return Info{
		Name: name, Epoch: epoch, Type: reflect.TypeFor[T]().String(), SlotBytes: int(unsafe.Sizeof(*new(T))),
		Layout: arena.Layout[T](), Metadata: maps.Clone(metadata),
	}
}

// version is that of the messages.
const version = 1

// fits returns an error if an arena of Ts cannot show what the publisher sends.
func fits[T any](h *hello) error {
	size, layout := int(unsafe.Sizeof(*new(T))), arena.Layout[T]()
	switch {
	case h.Version != version:
		return fmt.Errorf("the publisher speaks version %d of the protocol, this program speaks version %d: "+
			"build both with one version of slotstream", h.Version, version)
	case h.SlotBytes != size || h.Layout != layout:
		return &LayoutError{Publisher: h.Info, SlotBytes: size, Layout: layout}
	}
	return nil
}

// A LayoutError is the cause of Receive's error if the publisher's slots are laid out otherwise
// than the follower's. Close the follower, and follow into an arena of another type.
type LayoutError struct {
	Publisher Info
	SlotBytes int    // the size of the follower's slots
	Layout    string // the fields of the follower's slots
}

// Error says how the slots differ.
func (e *LayoutError) Error() string {
	return fmt.Sprintf("the publisher's slots are %d bytes, %s, the follower's are %d, %s: follow into an arena of a type laid out as %s",
		e.Publisher.SlotBytes, e.Publisher.Layout, e.SlotBytes, e.Layout, e.Publisher.Type)
}

// A hello is a publisher's answer to a follower that does not follow it yet, and to a
// publisher that starts under the same name. Followers get another one before the first
// frame that has other metadata. It is a magic word, then JSON.
type hello struct {
	Info
	Version int
	Number  uint32        // of the description: 1 to mostTold, then 1 again; 0: of a version whose metadata does not change
	Expire  time.Duration // the publisher forgets a viewer that is silent for so long
	Refused string        `json:",omitempty"` // not empty: why the publisher does not serve this follower
}

const (
	helloMagic = "SLH1"
	maxHello   = 9 * maxMetadata // JSON writes a byte as up to six, and six more for each key and value
)

func (h hello) append(b []byte) []byte {
	b = append(b, helloMagic...)
	text, err := json.Marshal(h)
	if err != nil {
		panic("relay: strings and numbers have no JSON: " + err.Error())
	}
	return append(b, text...)
}

func parseHello(b []byte) (h hello, err error) {
	if len(b) > maxHello || !bytes.HasPrefix(b, []byte(helloMagic)) {
		return h, errors.New("not a hello")
	}
	if err := json.Unmarshal(b[len(helloMagic):], &h); err != nil {
		return hello{}, fmt.Errorf("not a hello: %w", err)
	}
	if h.Epoch == 0 || h.Number > mostTold {
		return hello{}, errors.New("not a hello: its epoch is 0, or its number too large")
	}
	for _, text := range []string{h.Type, h.Layout, h.Refused} { // errors quote them, and a terminal obeys escapes
		if strings.ContainsFunc(text, unicode.IsControl) {
			return hello{}, fmt.Errorf("not a hello: %.80q has control characters", text)
		}
	}
	return h, nil
}

// Find reads an Info from the metadata of a NATS service. The keys of the publisher's own
// metadata have userKey in front.
const userKey = "user."

func (i Info) serviceMetadata() map[string]string {
	m := map[string]string{
		"stream": i.Name, "epoch": strconv.FormatUint(i.Epoch, 10), "type": i.Type,
		"slot_bytes": strconv.Itoa(i.SlotBytes), "layout": i.Layout, "version": strconv.Itoa(version),
	}
	for k, v := range i.Metadata {
		m[userKey+k] = v
	}
	return m
}

func infoOfService(m map[string]string) (i Info, err error) {
	i = Info{Name: m["stream"], Type: m["type"], Layout: m["layout"], Metadata: map[string]string{}}
	var errs [2]error
	i.Epoch, errs[0] = strconv.ParseUint(m["epoch"], 10, 64)
	i.SlotBytes, errs[1] = strconv.Atoi(m["slot_bytes"])
	for k, v := range m {
		if key, ok := strings.CutPrefix(k, userKey); ok {
			i.Metadata[key] = v
		}
	}
	return i, errors.Join(errs[0], errs[1], checkName(i.Name))
}
