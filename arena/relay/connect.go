package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
)

// dial opens a connection of relay's own to the server of nc. relay shares no connection
// with the program: a connection's methods wait for a lock, and Publish can hold that lock
// while it waits for the network. The connection's options do not depend on nc's where
// relay relies on them: it reconnects without end, drops messages while it has no server,
// and does not receive its own messages.
//
// refused is called with what the server refuses, and with what ends the connection.
// accepted is called when the server accepts the connection again. ctx bounds dial.
func dial(ctx context.Context, nc *nats.Conn, client string, refused func(error), accepted func()) (*nats.Conn, error) {
	if nc == nil || nc.IsClosed() {
		return nil, fmt.Errorf("the program's NATS connection: %w", nats.ErrConnectionClosed)
	}
	o := nc.Opts
	if at := nc.ConnectedUrl(); at != "" { // the first URL may be that of a server which is gone
		if o.Url != "" {
			o.Servers = append(slices.Clip(o.Servers), o.Url)
		}
		o.Url = at
	}
	o.Name = client
	o.NoEcho = true
	o.AllowReconnect, o.RetryOnFailedConnect, o.IgnoreAuthErrorAbort = true, false, true
	o.MaxReconnect, o.ReconnectBufSize = -1, -1
	o.ReconnectWait, o.ReconnectJitter, o.ReconnectJitterTLS = reconnectWait, 0, 0
	o.WriteBufferSize = 32 * partBytes // messages that wait for the network leave in one call
	o.PingInterval, o.MaxPingsOut = 2*time.Second, 3
	o.FlusherTimeout = 5 * time.Second
	o.DisconnectedCB, o.DisconnectedErrCB, o.ConnectedCB = nil, nil, nil
	o.DiscoveredServersCB, o.LameDuckModeHandler, o.ReconnectToServerCB = nil, nil, nil
	o.NoCallbacksAfterClientClose = false
	o.ReconnectedCB = func(*nats.Conn) { accepted() }
	o.ReconnectErrCB = func(_ *nats.Conn, err error) {
		if noDescriptors(err) {
			refused(fmt.Errorf("reconnect to the server: %w", err))
		}
	}
	var own atomic.Pointer[nats.Conn]
	o.CustomReconnectDelayCB = func(int) time.Duration { // the only call after each attempt
		if nc := own.Load(); nc != nil {
			if err := nc.LastError(); isRefusal(err) {
				refused(fmt.Errorf("reconnect to the server: %w", err))
			}
		}
		return reconnectWait
	}
	o.ClosedCB = func(nc *nats.Conn) {
		err := nc.LastError()
		if err == nil {
			err = nats.ErrConnectionClosed
		}
		refused(fmt.Errorf("the server ended the connection: %w", err))
	}
	o.AsyncErrorCB = func(_ *nats.Conn, _ *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			refused(err)
		}
	}
	c, err := connect(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open a second connection to the server: %w", withDescriptors(err))
	}
	own.Store(c)
	return c, nil
}

const reconnectWait = 100 * time.Millisecond

// connect is o.Connect bounded by ctx. It closes a connection that comes too late.
func connect(ctx context.Context, o nats.Options) (*nats.Conn, error) {
	type result struct {
		nc  *nats.Conn
		err error
	}
	done := make(chan result)
	go func() {
		nc, err := o.Connect()
		select {
		case done <- result{nc, err}:
		case <-ctx.Done():
			if err == nil {
				nc.Close()
			}
		}
	}()
	select {
	case r := <-done:
		return r.nc, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// isRefusal reports whether err, of an attempt to reconnect, is an answer of the server,
// and not a sign that there is no server or that it is slow.
func isRefusal(err error) bool {
	var op *net.OpError
	var network net.Error
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, nats.ErrNoServers),
		errors.Is(err, nats.ErrStaleConnection), errors.Is(err, nats.ErrDisconnected), errors.Is(err, nats.ErrTimeout):
		return false
	case errors.As(err, &op):
		return op.Op == "remote error" // an alert of the server's TLS
	}
	return !errors.As(err, &network)
}

// withDescriptors says what to do if err, of an attempt to connect, comes from a process
// without file descriptors. A server in the same process cannot accept a connection then:
// its client, which got the last descriptor, knows only that it waited for too long.
func withDescriptors(err error) error {
	var network net.Error
	switch {
	case noDescriptors(err):
		return fmt.Errorf("%w: raise the limit of open files", err)
	case errors.As(err, &network) && network.Timeout():
		for range 3 { // of client, server and what they need
			f, e := os.Open(os.DevNull)
			if noDescriptors(e) {
				return fmt.Errorf("%w: raise the limit of open files: %w", e, err)
			}
			defer f.Close()
		}
	}
	return err
}

func noDescriptors(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
