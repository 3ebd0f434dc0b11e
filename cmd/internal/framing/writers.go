package framing

import (
	"encoding/json"
	"maps"
)

// A Writer is a run of an arena's slots that one program writes. The metadata of a recording, or of a publisher, lists
// the writers of its arena. Metadata that lists none describes all slots as one.
type Writer struct {
	Name         string
	Group        uint64            // of the arena, as the ticks of the recording have it; 0: unknown
	First, Count int               // its slots
	Metadata     map[string]string // its own
}

const writersKey = "writers" // [{"name": "arm", "group": 2, "first": 0, "count": 7, "metadata": {"mesh": "sphere"}}, …]

// written is a Writer in JSON.
type written struct {
	Name     string                      `json:"name"`
	Group    uint64                      `json:"group,omitempty"`
	First    int                         `json:"first"`
	Count    int                         `json:"count"`
	Metadata *map[string]json.RawMessage `json:"metadata,omitempty"` // nil: that of the recording
}

// WithWriters returns metadata that lists the writers. Beside the list it has the keys of the first writer, for
// programs that do not know the list. The metadata has at most so many bytes: of writers that do not fit, it leaves
// out what they say of themselves, the last ones first, and then the list. It reports whether everything fits.
func WithWriters(writers []Writer, most int) (m map[string]string, all bool) {
	m = map[string]string{}
	if len(writers) == 0 {
		return m, true
	}
	maps.Copy(m, writers[0].Metadata)
	left := most
	for k, v := range m {
		left -= len(k) + len(v) + perEntry
	}
	var list []written
	for i, w := range writers {
		one := written{Name: w.Name, Group: w.Group, First: w.First, Count: w.Count}
		if i > 0 {
			own := map[string]json.RawMessage{}
			for k, v := range w.Metadata {
				if json.Valid([]byte(v)) {
					own[k] = json.RawMessage(v)
				}
			}
			one.Metadata = &own
		}
		list = append(list, one)
	}
	all = true
	for last := len(list) - 1; last >= 0; last-- {
		text, err := json.Marshal(list)
		if err == nil && len(text)+len(writersKey)+perEntry <= left {
			m[writersKey] = string(text)
			return m, all
		}
		all = false
		if last > 0 {
			list[last].Metadata = &map[string]json.RawMessage{}
		}
	}
	return m, false
}

const perEntry = 32 // bytes that an entry of metadata takes beside its texts, at most

// Writers returns the writers that metadata lists, or nil. A list that is not valid is none.
func Writers(metadata map[string]string) []Writer {
	var list []written
	if json.Unmarshal([]byte(metadata[writersKey]), &list) != nil || len(list) > maxWriters {
		return nil
	}
	var all []Writer
	for _, w := range list {
		if w.First < 0 || w.Count <= 0 || w.First+w.Count < w.First {
			return nil
		}
		one := Writer{Name: w.Name, Group: w.Group, First: w.First, Count: w.Count, Metadata: map[string]string{}}
		if w.Metadata == nil {
			one.Metadata = withoutWriters(metadata)
		} else {
			for k, v := range *w.Metadata {
				one.Metadata[k] = string(v)
			}
		}
		all = append(all, one)
	}
	return all
}

const maxWriters = 4096

// withoutWriters returns metadata without the list of writers.
func withoutWriters(metadata map[string]string) map[string]string {
	m := maps.Clone(metadata)
	delete(m, writersKey)
	return m
}
