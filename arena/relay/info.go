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
	"unsafe"

	"github.com/slotstream/slotstream/arena"
)

// Info is what a publisher says of itself.
type Info struct {
	Name      string
	Epoch     uint64 // which life of it this is: another after a restart
	Type      string // of its slots, as Go names it: for people to read
	SlotBytes int
	Layout    string            // of its slots, as arena.Layout names it
	Version   int               // of what it speaks: 1
	Metadata  map[string]string // PublisherConfig.Metadata
}

const version = 1

func infoOf[T any](name string, epoch uint64, metadata map[string]string) Info {
	return Info{
		Name: name, Epoch: epoch, Type: reflect.TypeFor[T]().String(), SlotBytes: int(unsafe.Sizeof(*new(T))),
		Layout: arena.Layout[T](), Version: version, Metadata: maps.Clone(metadata),
	}
}

// fits says why slots of what i describes cannot be put into slots of T.
func fits[T any](i *Info) error {
	size, layout := int(unsafe.Sizeof(*new(T))), arena.Layout[T]()
	switch {
	case i.Version != version:
		return fmt.Errorf("%s speaks version %d, and this program %d: use programs of one version", i.Name, i.Version, version)
	case i.SlotBytes != size || i.Layout != layout:
		return fmt.Errorf("%s publishes slots of %d bytes, %s, which do not fit slots of %d, %s: follow into a type laid out as %s is",
			i.Name, i.SlotBytes, i.Layout, size, layout, i.Type)
	}
	return nil
}

// A hello answers whoever asks what is published under a name: JSON behind a few bytes
// that say what it is.
type hello struct {
	Info
	Refused string `json:",omitempty"` // why the publisher takes no more viewers
}

const (
	helloMagic = "SLH1"
	mostHello  = 9 * mostMetadata // JSON writes some bytes as six, and six more around each key and value
)

func (h hello) append(b []byte) []byte {
	b = append(b, helloMagic...)
	text, err := json.Marshal(h)
	if err != nil {
		panic("relay: JSON of strings and numbers: " + err.Error())
	}
	return append(b, text...)
}

func parseHello(b []byte) (h hello, err error) {
	if len(b) > mostHello || !bytes.HasPrefix(b, []byte(helloMagic)) {
		return h, errors.New("not a hello")
	}
	if err := json.Unmarshal(b[len(helloMagic):], &h); err != nil {
		return hello{}, fmt.Errorf("not a hello: %w", err)
	}
	if h.Epoch == 0 {
		return hello{}, errors.New("not a hello: of no epoch")
	}
	return h, nil
}

// The same as what a service of NATS's own protocol shows.
const userKey = "user."

func (i Info) service() map[string]string {
	m := map[string]string{
		"stream": i.Name, "epoch": strconv.FormatUint(i.Epoch, 10), "type": i.Type,
		"slot_bytes": strconv.Itoa(i.SlotBytes), "layout": i.Layout, "version": strconv.Itoa(i.Version),
	}
	for k, v := range i.Metadata {
		m[userKey+k] = v
	}
	return m
}

func infoOfService(m map[string]string) (i Info, err error) {
	i = Info{Name: m["stream"], Type: m["type"], Layout: m["layout"], Metadata: map[string]string{}}
	var errs [3]error
	i.Epoch, errs[0] = strconv.ParseUint(m["epoch"], 10, 64)
	i.SlotBytes, errs[1] = strconv.Atoi(m["slot_bytes"])
	i.Version, errs[2] = strconv.Atoi(m["version"])
	for k, v := range m {
		if key, ok := strings.CutPrefix(k, userKey); ok {
			i.Metadata[key] = v
		}
	}
	return i, errors.Join(append(errs[:], checkName(i.Name))...)
}
