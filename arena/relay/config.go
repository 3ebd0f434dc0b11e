package relay

import (
	"cmp"
	"fmt"
	"time"
	"unicode/utf8"
)

// PublisherConfig configures a Publisher. The zero value is ready for use.
type PublisherConfig struct {
	// Metadata describes the arena to followers, which find it in Shown.Metadata and by
	// Follower.Info: keys and values in UTF-8, at most 64 KiB in all. Publisher.SetMetadata
	// replaces it.
	Metadata map[string]string

	// Window limits the bytes that are in flight to one viewer, 8 MiB if 0. Frames limits
	// the frames that are in flight to it, 16 if 0: sent, and not received by the viewer's
	// program yet. A viewer has limits of its own, and the lower one holds. A frame that is
	// larger than the window is sent in parts, one window after the other.
	Window, Frames int

	// MaxViewers limits the viewers, which are the followers that this publisher serves, 64
	// if 0. For one more follower, Receive returns an error until there is room.
	MaxViewers int

	// Expire is the time after which the publisher forgets a viewer that sends nothing, 10
	// s if 0. Until then a viewer that died costs the memory of all that is in flight to
	// it.
	Expire time.Duration
}

// FollowerConfig configures a Follower. The zero value is ready for use.
type FollowerConfig struct {
	// Window and Frames limit the bytes and frames in flight to this follower, like those
	// of PublisherConfig: 8 MiB and 16 if 0. The follower's memory stays below two windows
	// and one frame.
	Window, Frames int

	// Quiet is the time without a message after which the follower asks the publisher for a
	// sign of life, 250 ms if 0. After four times Quiet without one, the follower changes
	// to another publisher of the same name if there is one.
	Quiet time.Duration
}

const (
	defaultWindow = 8 << 20
	defaultFrames = 16

	maxMetadata = 64 << 10
	maxWindow   = 1 << 30 // two of them still fit 32 bits
	maxFrames   = 1 << 16
	maxQuiet    = 24 * time.Hour
)

func (cfg PublisherConfig) withDefaults() PublisherConfig {
	cfg.Window = cmp.Or(cfg.Window, defaultWindow)
	cfg.Frames = cmp.Or(cfg.Frames, defaultFrames)
	cfg.MaxViewers = cmp.Or(cfg.MaxViewers, 64)
	cfg.Expire = cmp.Or(cfg.Expire, 10*time.Second)
	return cfg
}

func (cfg FollowerConfig) withDefaults() FollowerConfig {
	cfg.Window = cmp.Or(cfg.Window, defaultWindow)
	cfg.Frames = cmp.Or(cfg.Frames, defaultFrames)
	cfg.Quiet = cmp.Or(cfg.Quiet, time.Second/4)
	return cfg
}

func (cfg PublisherConfig) check() error {
	switch {
	case cfg.MaxViewers < 0:
		return fmt.Errorf("cfg.MaxViewers is %d: use at least 1, or 0 for 64", cfg.MaxViewers)
	case cfg.Expire < 0:
		return fmt.Errorf("cfg.Expire is %v: use a positive time, or 0 for 10s", cfg.Expire)
	}
	if err := checkMetadata("cfg.Metadata", cfg.Metadata); err != nil {
		return err
	}
	return checkLimits(cfg.Window, cfg.Frames)
}

func checkMetadata(what string, meta map[string]string) error {
	size := 0
	for k, v := range meta {
		if !utf8.ValidString(k) || !utf8.ValidString(v) {
			return fmt.Errorf("%s %q: %.40q is not UTF-8", what, k, v)
		}
		size += len(k) + len(v)
	}
	if size > maxMetadata {
		return fmt.Errorf("%s has %d bytes: use at most %d", what, size, maxMetadata)
	}
	return nil
}

func (cfg FollowerConfig) check() error {
	if cfg.Quiet < 0 || cfg.Quiet > maxQuiet {
		return fmt.Errorf("cfg.Quiet is %v: use at most %v, or 0 for 250ms", cfg.Quiet, maxQuiet)
	}
	return checkLimits(cfg.Window, cfg.Frames)
}

func checkLimits(window, frames int) error {
	switch {
	case window < 0 || window > maxWindow:
		return fmt.Errorf("cfg.Window is %d bytes: use 1 to %d, or 0 for %d", window, maxWindow, defaultWindow)
	case frames < 0 || frames > maxFrames:
		return fmt.Errorf("cfg.Frames is %d: use 1 to %d, or 0 for %d", frames, maxFrames, defaultFrames)
	}
	return nil
}
