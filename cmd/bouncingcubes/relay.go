//go:build cgo

package main

import (
	"fmt"
	"net/url"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/relay/embedded"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
)

// connect connects c to the server that the options name. Without a name it starts a server in this process, and prints
// its URL.
func connect(o options.Options, c *demo.Config) (end func(), err error) {
	at, stop := o.NATS, func() {}
	if at == "" {
		listen, err := url.Parse(o.Listen)
		if err != nil {
			return nil, err
		}
		server, err := embedded.Start(embedded.Config{Addr: listen.Host, Token: listen.User.Username(), Web: o.Web != ""})
		if err != nil && o.Listen != "" {
			return nil, options.UsageError{Err: fmt.Errorf("-listen: %w", err)}
		} else if err != nil {
			return nil, err
		}
		at, stop = server.URL(), server.Close
		c.Say(at)
		if o.Web != "" {
			end, err := serveWeb(o, server, c.Say)
			if err != nil {
				stop()
				return nil, err
			}
			stop = func() { end(); server.Close() }
		}
	}
	if c.NATS, err = nats.Connect(at, nats.Name("bouncingcubes"), nats.MaxReconnects(-1)); err != nil {
		stop()
		return nil, options.UsageError{Err: fmt.Errorf("-nats: connecting to the server: %w: check that the server runs, and that the URL has its token", err)}
	}
	return func() { c.NATS.Close(); stop() }, nil
}
