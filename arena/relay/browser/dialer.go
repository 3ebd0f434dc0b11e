//go:build js

package browser

import (
	"errors"
	"net"
	"os"
	"syscall/js"
	"time"

	"github.com/nats-io/nats.go"
)

// Dial makes a connection go through a WebSocket to url, ws://HOST:PORT/PATH, or wss:// in a page from https. The URL
// that nats.Connect gets then has only the token or the user: nats://TOKEN@page.
func Dial(url string) nats.Option {
	return func(o *nats.Options) error {
		o.CustomDialer, o.SkipHostLookup = dialer(url), true
		o.IgnoreDiscoveredServers = true // a page reaches no addresses but those of WebSockets
		return nil
	}
}

// dialer is the URL of a WebSocket.
type dialer string

const openWithin = 5 * time.Second

// Dial opens the WebSocket, and ignores the address of the NATS URL. Its errors are errors of the network.
func (d dialer) Dial(string, string) (net.Conn, error) {
	c, err := open(string(d))
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "websocket", Addr: address(d), Err: err}
	}
	return c, nil
}

func open(url string) (*conn, error) {
	socket, err := newSocket(url)
	if err != nil {
		return nil, err
	}
	c := newConn(url, socket)
	timer := time.NewTimer(openWithin)
	defer timer.Stop()
	select {
	case <-c.opened:
		return c, nil
	case <-c.ended:
		return nil, errors.New("the page's server does not answer")
	case <-timer.C:
		c.Close()
		return nil, os.ErrDeadlineExceeded
	}
}

// newSocket returns what the browser throws, for example at a URL that is none, as an error.
func newSocket(url string) (socket js.Value, err error) {
	err = try(func() { socket = js.Global().Get("WebSocket").New(url) })
	return socket, err
}

func try(f func()) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case js.Error:
			err = e
		default:
			panic(e)
		}
	}()
	f()
	return nil
}
