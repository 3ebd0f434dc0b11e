package network

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/slotstream/slotstream/arena/relay/embedded"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/page"
)

// serveWeb serves the page, and the server's WebSocket for it, at one address. It prints the URL. The token of the page
// stands behind #, which browsers send to no server. It may follow, and not publish.
func serveWeb(c cli.Network, s *embedded.Server, say func(string)) (end func(), err error) {
	files, err := page.Handler()
	if err != nil {
		return nil, cli.UsageError{Err: fmt.Errorf("-web: %w", err)}
	}
	l, err := net.Listen("tcp", c.Web)
	if err != nil {
		return nil, cli.UsageError{Err: fmt.Errorf("-web: %w", err)}
	}
	scheme := "http"
	if c.WebCert != "" {
		pair, err := tls.LoadX509KeyPair(c.WebCert, c.WebKey)
		if err != nil {
			l.Close()
			return nil, cli.UsageError{Err: fmt.Errorf("-web-cert, -web-key: %w", err)}
		}
		scheme, l = "https", tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}})
	}
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.Handle("/nats", s.Web())
	server := &http.Server{Handler: mux}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	at := l.Addr().(*net.TCPAddr)
	host := at.String()
	if at.IP.IsUnspecified() {
		host = net.JoinHostPort("localhost", fmt.Sprint(at.Port))
	}
	say(scheme + "://" + host + "/#" + url.Values{"follow": {c.Publish}, "token": {s.PageToken()}}.Encode())
	if scheme == "http" && !at.IP.IsLoopback() {
		say("-web: browsers on other machines will show nothing, because they have WebGPU only for pages from https: give -web-cert and -web-key")
	}
	return func() {
		server.Close()
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
			say("-web: " + err.Error())
		}
	}, nil
}
