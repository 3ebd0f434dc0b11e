// Package network connects a program to a NATS server, or runs one, and serves the page and the counters of what the
// program publishes.
package network

import (
	"expvar"
	"fmt"
	"net/url"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/relay/embedded"
	"github.com/slotstream/slotstream/cmd/internal/cli"
)

// A Network is the program's way to other processes. It is for the goroutine that opened it.
type Network struct {
	NATS     *nats.Conn
	Counters *expvar.Map // nil: they are not served
	close    []func()
}

// Open opens what the flags ask for, and says where others find it. The error is a UsageError if a flag is at fault.
func Open(c cli.Network, program string, say func(string)) (*Network, error) {
	n := new(Network)
	if err := n.open(c, program, say); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *Network) open(c cli.Network, program string, say func(string)) (err error) {
	if c.Metrics != "" {
		if err := n.serveMetrics(c.Metrics, say); err != nil {
			return err
		}
	}
	if c.Publish == "" {
		return nil
	}
	at := c.NATS
	if at == "" {
		if at, err = n.serve(c, say); err != nil {
			return err
		}
	}
	if n.NATS, err = Connect(at, program); err != nil {
		return cli.Usagef("-nats: %w", err)
	}
	n.close = append(n.close, n.NATS.Close)
	return nil
}

// Connect connects to a server.
func Connect(at, program string) (*nats.Conn, error) {
	nc, err := nats.Connect(at, nats.Name(program), nats.MaxReconnects(-1))
	if err != nil {
		return nil, fmt.Errorf("connecting to the server: %w: check that the server runs, and that the URL has its token", err)
	}
	return nc, nil
}

// serve starts a server in this process, and the page where -web asks for it, and says their URLs.
func (n *Network) serve(c cli.Network, say func(string)) (at string, err error) {
	listen, err := url.Parse(c.Listen)
	if err != nil {
		return "", err
	}
	server, err := embedded.Start(embedded.Config{Addr: listen.Host, Token: listen.User.Username(), Web: c.Web != ""})
	if err != nil && c.Listen != "" {
		return "", cli.Usagef("-listen: %w", err)
	} else if err != nil {
		return "", err
	}
	n.close = append(n.close, server.Close)
	say(server.URL())
	if c.Web != "" {
		end, err := serveWeb(c, server, say)
		if err != nil {
			return "", err
		}
		n.close = append(n.close, end)
	}
	return server.URL(), nil
}

// Close ends everything that Open opened.
func (n *Network) Close() {
	for len(n.close) > 0 {
		last := len(n.close) - 1
		n.close[last]()
		n.close = n.close[:last]
	}
}
