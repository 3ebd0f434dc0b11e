package options

import (
	"net"
	"net/url"
	"slices"

	"github.com/slotstream/slotstream/arena/relay"
)

// checkRelay refuses what does not go together with publishing and following.
func (o *Options) checkRelay(given map[string]bool) error {
	names := o.Follow
	if given["publish"] {
		names = append(slices.Clone(names), o.Publish)
	}
	for _, name := range names {
		if err := relay.CheckName(name); err != nil {
			return UsageError{Err: err}
		}
	}
	if given["nats"] {
		if u, err := url.Parse(o.NATS); err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return Usagef("-nats %q: want a URL, as in nats://TOKEN@127.0.0.1:4222", o.NATS)
		}
	}
	if given["listen"] {
		if u, err := url.Parse(o.Listen); err != nil || u.Port() == "" || u.User.Username() == "" || u.String() != "nats://"+url.User(u.User.Username()).String()+"@"+u.Host {
			return Usagef("-listen %q: want a URL as -publish prints one, nats://TOKEN@127.0.0.1:4222", o.Listen)
		}
	}
	if given["metrics"] {
		if _, port, err := net.SplitHostPort(o.Metrics); err != nil || port == "" {
			return Usagef("-metrics %q: want where to listen, as in 127.0.0.1:9090 or :0", o.Metrics)
		}
	}
	switch {
	case given["metrics"] && !given["publish"]:
		return Usagef("-metrics needs -publish: it serves what that counts")
	case given["listen"] && (!given["publish"] || given["nats"]):
		return Usagef("-listen says where the server of -publish is: give it with that, and without -nats")
	case given["nats"] && len(names) == 0:
		return Usagef("-nats needs -publish or -follow")
	case len(names) > 0 && o.Bench.On:
		return Usagef("-bench times the simulation alone: leave -publish and -follow out")
	case !given["follow"]:
		return nil
	case len(o.Follow) == 0:
		return Usagef("-follow \"\": want a name")
	case given["publish"] || given["replay"]:
		return Usagef("-follow shows what others publish: leave -publish and -replay out")
	case o.NATS == "":
		return Usagef("-follow needs -nats: the URL that -publish prints, or that of a server")
	case o.Record != "" && len(o.Follow) > 1:
		return Usagef("-record with -follow takes one name, not %d", len(o.Follow))
	}
	for i, name := range o.Follow {
		if slices.Contains(o.Follow[:i], name) {
			return Usagef("-follow names %s twice", name)
		}
	}
	for _, name := range simulation {
		if given[name] {
			return Usagef("-%s says what to simulate, and -follow shows what others do: give one of them", name)
		}
	}
	return nil
}
