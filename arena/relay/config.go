package relay

import (
	"cmp"
	"fmt"
	"time"
	"unicode/utf8"
)

// PublisherConfig configures a Publisher. The zero value is ready for use.
type PublisherConfig struct {
	// Metadata is what followers need beside the slots: text, in UTF-8. It goes
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
}

// FollowerConfig configures a Follower. The zero value is ready for use.
type FollowerConfig struct {
	// Window and Frames are the follower's say in PublisherConfig's.
	Window, Frames int

	// Quiet is how long a follower hears nothing before it asks for a sign of life, a
	// quarter of a second if 0. A publisher that has not answered for four times as
	// long makes room for another one of its name.
	Quiet time.Duration

	// MaxSlots is how many slots of the publisher's a follower takes; as many as its
	// arena has if 0.
	MaxSlots int
}

func (cfg PublisherConfig) filled() PublisherConfig {
	cfg.Window = cmp.Or(cfg.Window, defaultWindow)
	cfg.Frames = cmp.Or(cfg.Frames, defaultFrames)
	cfg.MaxViewers = cmp.Or(cfg.MaxViewers, 64)
	cfg.Expire = cmp.Or(cfg.Expire, 10*time.Second)
	return cfg
}

func (cfg FollowerConfig) filled() FollowerConfig {
	cfg.Window = cmp.Or(cfg.Window, defaultWindow)
	cfg.Frames = cmp.Or(cfg.Frames, defaultFrames)
	cfg.Quiet = cmp.Or(cfg.Quiet, time.Second/4)
	return cfg
}

// checkWindow refuses a Window and Frames that no receiver has room for.
func checkWindow(window, frames int) error {
	switch {
	case window < 0 || window > mostWindow:
		return fmt.Errorf("a window of %d bytes: want 1 to %d", window, mostWindow)
	case frames < 0 || frames > mostFrames:
		return fmt.Errorf("%d frames on their way: want 1 to %d", frames, mostFrames)
	}
	return nil
}

func (cfg FollowerConfig) check() error {
	switch {
	case cfg.MaxSlots < 0:
		return fmt.Errorf("at most %d slots: less than none", cfg.MaxSlots)
	case cfg.Quiet < 0 || cfg.Quiet > mostQuiet:
		return fmt.Errorf("quiet after %v: want at most %v", cfg.Quiet, mostQuiet)
	}
	return checkWindow(cfg.Window, cfg.Frames)
}

func (cfg PublisherConfig) check() error {
	switch {
	case cfg.MaxViewers < 0:
		return fmt.Errorf("at most %d viewers: less than none", cfg.MaxViewers)
	case cfg.Expire < 0:
		return fmt.Errorf("expire after %v: less than no time", cfg.Expire)
	}
	if err := checkWindow(cfg.Window, cfg.Frames); err != nil {
		return err
	}
	size := 0
	for k, v := range cfg.Metadata {
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
	defaultWindow = 8 << 20
	defaultFrames = 16

	mostMetadata = 64 << 10
	mostWindow   = 1 << 30 // twice that is beyond an int of 32 bits
	mostFrames   = 1 << 16
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
