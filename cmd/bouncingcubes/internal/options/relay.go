package options

import (
	"net"
	"net/url"
	"slices"

	"github.com/slotstream/slotstream/arena/relay"
)

// checkRelay checks the flags of publishing and following.
func (o *Options) checkRelay() error {
	if o.Given["publish"] {
		if err := relay.CheckName(o.Publish); err != nil {
			return Usagef("-publish: %w", err)
		}
	}
	for i, name := range o.Follow {
		if err := relay.CheckName(name); err != nil {
			return Usagef("-follow: %w", err)
		}
		if slices.Contains(o.Follow[:i], name) {
			return Usagef("-follow has %s twice", name)
		}
	}
	if o.Given["nats"] {
		if u, err := url.Parse(o.NATS); err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return Usagef("-nats %q: want a URL such as nats://TOKEN@127.0.0.1:4222", o.NATS)
		}
	}
	if o.Given["listen"] {
		if u, err := url.Parse(o.Listen); err != nil || u.Port() == "" || u.User.Username() == "" || u.String() != "nats://"+url.User(u.User.Username()).String()+"@"+u.Host {
			return Usagef("-listen %q: want a URL such as -publish prints, nats://TOKEN@127.0.0.1:4222", o.Listen)
		}
	}
	for _, served := range [...]struct{ flag, address, example string }{
		{"metrics", o.Metrics, "127.0.0.1:9090"}, {"web", o.Web, "127.0.0.1:8080"},
	} {
		if _, port, err := net.SplitHostPort(served.address); o.Given[served.flag] && (err != nil || port == "") {
			return Usagef("-%s %q: want an address such as %s, or :0 for a free port", served.flag, served.address, served.example)
		}
	}
	switch {
	case o.Given["web"] && (!o.Given["publish"] || o.Given["nats"]):
		return Usagef("-web shows what -publish publishes from this process: use it with -publish and without -nats")
	case (o.Given["web-cert"] || o.Given["web-key"]) && !(o.Given["web-cert"] && o.Given["web-key"] && o.Given["web"]):
		return Usagef("-web-cert and -web-key belong together, and to -web")
	case o.Given["metrics"] && !o.Given["publish"]:
		return Usagef("-metrics needs -publish, whose counters it serves")
	case o.Given["listen"] && (!o.Given["publish"] || o.Given["nats"]):
		return Usagef("-listen is the address of the server of -publish: use it with -publish and without -nats")
	case o.Given["nats"] && !o.Given["publish"] && !o.Given["follow"]:
		return Usagef("-nats needs -publish or -follow")
	case o.Bench.On && (o.Given["publish"] || o.Given["follow"]):
		return Usagef("-bench times only the simulation: leave -publish and -follow out")
	case o.Shared && (o.Bench.On || o.Given["follow"] || o.Given["replay"]):
		return Usagef("-shared shows other processes' cubes beside the simulation: leave -bench, -follow and -replay out")
	case !o.Given["follow"]:
		return nil
	case len(o.Follow) == 0:
		return Usagef("-follow \"\": want a name")
	case o.Given["publish"] || o.Given["replay"]:
		return Usagef("-follow draws the worlds of other processes: leave -publish and -replay out")
	case o.NATS == "":
		return Usagef("-follow needs -nats: the URL that -publish prints, or the URL of another server")
	case o.Record != "" && len(o.Follow) > 1:
		return Usagef("-record with -follow takes one name, not %d", len(o.Follow))
	}
	return o.noSimulation("-follow draws what other processes publish")
}
