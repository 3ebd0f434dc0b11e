//go:build cgo

package main

import (
	"expvar"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/demo"
	"github.com/slotstream/slotstream/cmd/bouncingcubes/internal/options"
)

// serveMetrics serves the counters of c over HTTP, as package expvar does, and prints the URL. It leaves out what
// expvar adds by itself: that includes the command line, which may contain a token.
func serveMetrics(o options.Options, c *demo.Config) (end func(), err error) {
	listener, err := net.Listen("tcp", o.Metrics)
	if err != nil {
		return nil, options.Usagef("-metrics: %w: use another port, or port 0 for a free one", err)
	}
	c.Counters = new(expvar.Map)
	const path = "/debug/vars"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprintln(w, c.Counters)
	})
	server := &http.Server{Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	go server.Serve(listener)
	c.Say("http://" + listener.Addr().String() + path)
	return func() { server.Close() }, nil
}
