package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
)

// dial opens a connection of relay's own to where nc leads. Publishing on a connection
// can wait for the network while it holds the connection's lock, so nobody shares one
// with relay; and what relay relies on is set, whatever nc's owner chose: it goes on
// trying for good, keeps nothing that was said while the server was away, and does not
// hear itself. failed is told what the server refuses, and that it has ended the connection
// for good. ctx bounds dial.
func dial(ctx context.Context, nc *nats.Conn, client string, failed func(error)) (*nats.Conn, error) {
	if nc == nil || nc.IsClosed() {
		return nil, errors.New("the connection to NATS is closed")
	}
	o := nc.Opts
	if at := nc.ConnectedUrl(); at != "" { // one that it was told to begin with may be gone
		if o.Url != "" {
			o.Servers = append(slices.Clip(o.Servers), o.Url)
		}
		o.Url = at
	}
	o.Name = client
	o.NoEcho = true
	o.AllowReconnect, o.RetryOnFailedConnect, o.IgnoreAuthErrorAbort = true, false, true
	o.MaxReconnect, o.ReconnectWait, o.CustomReconnectDelayCB = -1, 100*time.Millisecond, nil
	o.ReconnectJitter, o.ReconnectJitterTLS = 50*time.Millisecond, 50*time.Millisecond
	o.ReconnectBufSize = -1
	o.WriteBufferSize = 32 * partBytes // what waits for the network goes in one call
	o.PingInterval, o.MaxPingsOut = 2*time.Second, 3
	o.FlusherTimeout = 5 * time.Second
	o.DisconnectedCB, o.DisconnectedErrCB, o.ConnectedCB, o.ReconnectedCB = nil, nil, nil, nil
	o.ReconnectErrCB, o.DiscoveredServersCB, o.LameDuckModeHandler = nil, nil, nil
	o.NoCallbacksAfterClientClose = false
	o.ClosedCB = func(own *nats.Conn) {
		err := own.LastError()
		if err == nil {
			err = nats.ErrConnectionClosed
		}
		failed(fmt.Errorf("the server has ended the connection: %w", err))
	}
	o.AsyncErrorCB = func(_ *nats.Conn, _ *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			failed(err)
		}
	}
	own, err := connect(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open a connection beside the one given: %w", err)
	}
	return own, nil
}

// connect is o.Connect, which knows no context. A connection that comes too late is closed.
func connect(ctx context.Context, o nats.Options) (*nats.Conn, error) {
	type connected struct {
		nc  *nats.Conn
		err error
	}
	done := make(chan connected)
	go func() {
		nc, err := o.Connect()
		select {
		case done <- connected{nc, err}:
		case <-ctx.Done():
			if err == nil {
				nc.Close()
			}
		}
	}()
	select {
	case c := <-done:
		return c.nc, c.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
