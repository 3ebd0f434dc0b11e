package relay

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Config of a Publisher or a Follower. The zero value is ready for use.
type Config struct {
	// Metadata is what whoever follows needs beside the slots: text, in UTF-8. It goes
	// with what Publish says of itself, 64 KiB at most.
	Metadata map[string]string

	// Window is how many bytes may be on their way to a viewer, 8 MiB if 0, and
	// Frames how many frames it may have that it has not applied, 16 if 0. Publisher
	// and viewer each have a say: the smaller counts. A frame larger than the window
	// goes through it in parts.
	Window, Frames int

	// MaxViewers is how many a publisher takes, 64 if 0. Others are told.
	MaxViewers int

	// Expire is how long a viewer may be silent before a publisher forgets it, 10 s if
	// 0. It costs what was on its way to it until then.
	Expire time.Duration

	// Quiet is how long a follower hears nothing before it asks for a sign of life, a
	// quarter of a second if 0. A publisher that has not answered for four times as
	// long makes room for another one of its name.
	Quiet time.Duration

	// MaxSlots is how many slots of the publisher's a follower takes; as many as its
	// arena has if 0.
	MaxSlots int
}

// Options is Config.
type Options = Config

func (c Config) filled() Config {
	set(&c.Window, 8<<20)
	set(&c.Frames, 16)
	set(&c.MaxViewers, 64)
	set(&c.Expire, 10*time.Second)
	set(&c.Quiet, time.Second/4)
	return c
}

func set[N int | time.Duration](n *N, otherwise N) {
	if *n == 0 {
		*n = otherwise
	}
}

// check finds what no default stands for.
func (c Config) check() error {
	switch {
	case c.Window < 0 || c.Window > mostWindow:
		return fmt.Errorf("a window of %d bytes: want 1 to %d", c.Window, mostWindow)
	case c.Frames < 0 || c.Frames > 1<<16:
		return fmt.Errorf("%d frames on their way: want 1 to %d", c.Frames, 1<<16)
	case c.MaxViewers < 0 || c.MaxSlots < 0:
		return fmt.Errorf("at most %d viewers, %d slots: less than none", c.MaxViewers, c.MaxSlots)
	case c.Expire < 0 || c.Quiet < 0:
		return fmt.Errorf("expire after %v, quiet after %v: less than no time", c.Expire, c.Quiet)
	case c.Quiet > mostQuiet:
		return fmt.Errorf("quiet after %v: want at most %v", c.Quiet, mostQuiet)
	}
	size := 0
	for k, v := range c.Metadata {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return fmt.Errorf("metadata %q: %.40q: want UTF-8", k, v)
		}
		size += len(k) + len(v)
	}
	if size > mostMetadata {
		return fmt.Errorf("metadata of %d bytes: want at most %d", size, mostMetadata)
	}
	return nil
}

const (
	mostMetadata = 64 << 10
	mostWindow   = 1 << 30 // twice that is beyond an int of 32 bits
	mostQuiet    = 24 * time.Hour
)

// checkName keeps whoever chooses a name from choosing a subject.
func checkName(name string) error {
	if len(name) > 64 || !isToken(name) {
		return fmt.Errorf("%q is no name: want 1 to 64 letters, digits, - and _", name)
	}
	return nil
}

func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return s != ""
}

// The subjects of a publisher: what viewers say to it, and its frames to one of them.
func pullSubject(name string) string           { return "slots." + name + ".pull" }
func frameSubject(name, session string) string { return "slots." + name + ".frame." + session }
