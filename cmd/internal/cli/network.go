package cli

import (
	"flag"
	"net"
	"net/url"
	"slices"

	"github.com/slotstream/slotstream/arena/relay"
)

// Network has the flags of publishing.
type Network struct {
	Publish string // a name; empty: nothing is published
	NATS    string // URL of a server
	Listen  string // URL of the server in this process
	Web     string // where to serve the page that shows in browsers what is published, host:port
	WebCert string // files for https; empty: http
	WebKey  string
	Metrics string // host:port for the counters
}

// Flags adds the flags. what is published: "the cubes".
func (n *Network) Flags(fs *flag.FlagSet, what string) {
	fs.StringVar(&n.Publish, "publish", "", "publish "+what+" under `NAME`, so that other processes can follow them")
	fs.StringVar(&n.NATS, "nats", "", "publish by the NATS server at `URL` (default: by a server in this process, whose URL is printed)")
	fs.StringVar(&n.Listen, "listen", "", "run the server of -publish at `URL`, in the form that -publish prints (default: a free port and a random token)")
	fs.StringVar(&n.Web, "web", "", "show "+what+" in browsers, too: serve a page at `HOST:PORT`; its URL is printed")
	fs.StringVar(&n.WebCert, "web-cert", "", "serve the page of -web by https with the certificate in `FILE`")
	fs.StringVar(&n.WebKey, "web-key", "", "use the private key in `FILE` with -web-cert")
	fs.StringVar(&n.Metrics, "metrics", "", "serve the counters of -publish over HTTP at `HOST:PORT`, as the JSON of Go's expvar; the URL is printed")
}

// Check refuses bad addresses, and flags that have no effect without -publish. With -web alone, the name is web.
func (n *Network) Check(given map[string]bool) error {
	if given["web"] && !given["publish"] {
		n.Publish = "web"
	}
	if given["publish"] {
		if err := relay.CheckName(n.Publish); err != nil {
			return Usagef("-publish: %w", err)
		}
	}
	if given["nats"] {
		if err := CheckServer(n.NATS); err != nil {
			return Usagef("-nats %w", err)
		}
	}
	if given["listen"] {
		if u, err := url.Parse(n.Listen); err != nil || u.Port() == "" || u.User.Username() == "" || u.String() != "nats://"+url.User(u.User.Username()).String()+"@"+u.Host {
			return Usagef("-listen %q: want a URL such as -publish prints, nats://TOKEN@127.0.0.1:4222", n.Listen)
		}
	}
	for _, served := range [...]struct{ flag, address, example string }{
		{"metrics", n.Metrics, "127.0.0.1:9090"}, {"web", n.Web, "127.0.0.1:8080"},
	} {
		if _, port, err := net.SplitHostPort(served.address); given[served.flag] && (err != nil || port == "") {
			return Usagef("-%s %q: want an address such as %s, or :0 for a free port", served.flag, served.address, served.example)
		}
	}
	switch {
	case given["web"] && given["nats"]:
		return Usagef("-web shows what this process publishes by its own server: leave -nats out")
	case (given["web-cert"] || given["web-key"]) && !(given["web-cert"] && given["web-key"] && given["web"]):
		return Usagef("-web-cert and -web-key belong together, and to -web")
	case given["metrics"] && n.Publish == "":
		return Usagef("-metrics needs -publish, whose counters it serves")
	case given["listen"] && (n.Publish == "" || given["nats"]):
		return Usagef("-listen is the address of the server of -publish: use it with -publish and without -nats")
	case given["nats"] && n.Publish == "":
		return Usagef("-nats needs -publish")
	}
	return nil
}

// CheckServer returns an error if text is not the URL of a NATS server.
func CheckServer(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
		return Usagef("%q: want a URL such as nats://TOKEN@127.0.0.1:4222", text)
	}
	return nil
}
