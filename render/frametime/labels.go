package frametime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Labels are the settings of a run: names and values, in the order in which they were set. In JSON they are an object.
type Labels []Label

// Label is a setting. Value is a string, a bool or a json.Number.
type Label struct {
	Name  string
	Value any
}

// Set sets a label. The value is a string, a bool, a finite number, or has a String method; Set panics on another one.
func (l *Labels) Set(name string, value any) {
	switch v := value.(type) {
	case string, bool, json.Number:
	case fmt.Stringer:
		value = v.String()
	default:
		text, err := json.Marshal(value)
		if err != nil || len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
			panic(fmt.Sprintf("frametime: the label %s is a %T: it must be a string, a bool or a finite number", name, value))
		}
		value = json.Number(text)
	}
	if i := l.at(name); i >= 0 {
		(*l)[i].Value = value
	} else {
		*l = append(*l, Label{name, value})
	}
}

func (l Labels) at(name string) int {
	return slices.IndexFunc(l, func(label Label) bool { return label.Name == name })
}

// Text returns a label's value as text, or "" if there is no such label.
func (l Labels) Text(name string) string {
	if i := l.at(name); i >= 0 {
		return fmt.Sprint(l[i].Value)
	}
	return ""
}

// Number returns a label's value. ok is false if there is no such label, or if its value is not a number.
func (l Labels) Number(name string) (x float64, ok bool) {
	i := l.at(name)
	if i < 0 {
		return 0, false
	}
	n, isNumber := l[i].Value.(json.Number)
	x, err := n.Float64()
	return x, isNumber && err == nil
}

// MarshalJSON returns an object with the labels in their order.
func (l Labels) MarshalJSON() ([]byte, error) {
	b := []byte("{")
	for i, label := range l {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(label.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(label.Value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads an object of strings, bools and numbers. A number keeps all its digits.
func (l *Labels) UnmarshalJSON(data []byte) error {
	*l = nil
	at := make(map[string]int) // Set would look through all labels for each one
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if open, err := d.Token(); err != nil {
		return err
	} else if open == nil { // null
		return nil
	} else if open != json.Delim('{') {
		return errors.New("the labels are not an object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		value, err := d.Token()
		if err != nil {
			return err
		}
		switch value.(type) {
		case string, bool, json.Number:
		default:
			return fmt.Errorf("the label %v is not a string, a number or a bool", name)
		}
		if i, ok := at[name.(string)]; ok {
			(*l)[i].Value = value
			continue
		}
		at[name.(string)] = len(*l)
		*l = append(*l, Label{name.(string), value})
	}
	_, err := d.Token()
	return err
}
