//go:build js

package browser

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall/js"
	"time"
)

// A conn is a WebSocket as a stream of bytes. A browser's WebSocket cannot hold the other end back. The relay bounds
// what is on its way, and so what waits here.
type conn struct {
	url    string
	socket js.Value
	hears  []listener
	opened chan struct{} // closed when the socket is open
	ended  chan struct{} // closed when it is not any more
	end    func()

	mu    sync.Mutex
	more  sync.Cond // came, ended or until have changed
	came  [][]byte  // messages that wait for Read, oldest first
	until time.Time // deadline of Read; zero: none
	timer *time.Timer
}

// A listener is a function that the socket calls at an event.
type listener struct {
	event string
	f     js.Func
}

func newConn(url string, socket js.Value) *conn {
	c := &conn{url: url, socket: socket, opened: make(chan struct{}), ended: make(chan struct{})}
	c.more.L = &c.mu
	c.end = sync.OnceFunc(func() {
		close(c.ended)
		c.more.Broadcast()
		for _, l := range c.hears { // first the event, then the function: the socket closes later, and would call it
			c.socket.Call("removeEventListener", l.event, l.f)
			l.f.Release()
		}
	})
	socket.Set("binaryType", "arraybuffer")
	c.on("open", func(js.Value) { close(c.opened) })
	c.on("close", func(js.Value) { c.end() })
	c.on("message", func(e js.Value) {
		bytes := js.Global().Get("Uint8Array").New(e.Get("data"))
		b := make([]byte, bytes.Length())
		js.CopyBytesToGo(b, bytes)
		c.mu.Lock() // no method waits with it
		c.came = append(c.came, b)
		c.mu.Unlock()
		c.more.Broadcast()
	})
	return c
}

// on calls f at an event. f runs in a callback and must not wait.
func (c *conn) on(event string, f func(js.Value)) {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any { f(args[0]); return nil })
	c.hears = append(c.hears, listener{event, fn})
	c.socket.Call("addEventListener", event, fn)
}

func (c *conn) over() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// Read reads what has come, and waits if nothing has. What came before the end is read before io.EOF.
func (c *conn) Read(b []byte) (n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.came) == 0 {
		switch {
		case len(b) == 0:
			return 0, nil
		case c.over():
			return 0, io.EOF
		case !c.until.IsZero() && !time.Now().Before(c.until):
			return 0, os.ErrDeadlineExceeded
		}
		c.more.Wait()
	}
	for n < len(b) && len(c.came) > 0 {
		k := copy(b[n:], c.came[0])
		n += k
		if c.came[0] = c.came[0][k:]; len(c.came[0]) == 0 {
			c.came = c.came[1:]
		}
	}
	return n, nil
}

// Write sends one message. The browser takes everything, and keeps what the network does not take yet.
func (c *conn) Write(b []byte) (int, error) {
	if c.over() {
		return 0, net.ErrClosed
	}
	bytes := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(bytes, b)
	if err := try(func() { c.socket.Call("send", bytes) }); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close closes the socket. A Read that waits returns.
func (c *conn) Close() error {
	c.end()
	return try(func() { c.socket.Call("close") })
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.until = t; c.timer != nil {
		c.timer.Stop()
	}
	if !t.IsZero() {
		c.timer = time.AfterFunc(time.Until(t), c.more.Broadcast)
	}
	c.more.Broadcast()
	return nil
}

func (c *conn) SetDeadline(t time.Time) error    { return c.SetReadDeadline(t) }
func (c *conn) SetWriteDeadline(time.Time) error { return nil } // Write never waits
func (c *conn) LocalAddr() net.Addr              { return address("page") }
func (c *conn) RemoteAddr() net.Addr             { return address(c.url) }

// address is a net.Addr.
type address string

func (address) Network() string  { return "websocket" }
func (a address) String() string { return string(a) }
