package network

import (
	"expvar"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/slotstream/slotstream/cmd/internal/cli"
)

// serveMetrics serves counters over HTTP, as package expvar does, and says the URL. It leaves out what expvar adds by
// itself: that includes the command line, which may contain a token.
func (n *Network) serveMetrics(address string, say func(string)) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return cli.Usagef("-metrics: %w: use another port, or port 0 for a free one", err)
	}
	n.Counters = new(expvar.Map)
	const path = "/debug/vars"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprintln(w, n.Counters)
	})
	server := &http.Server{Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	go server.Serve(listener)
	say("http://" + listener.Addr().String() + path)
	n.close = append(n.close, func() { server.Close() })
	return nil
}
