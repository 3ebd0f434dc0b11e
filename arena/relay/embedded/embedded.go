// Package embedded runs a NATS server in this process: for one machine, where nobody has
// set one up. It listens on 127.0.0.1 and asks for a random token, unless it is told
// otherwise; on any other address only by TLS.
//
//	s, err := embedded.Start(embedded.Config{})
//	defer s.Close()
//	nc, err := nats.Connect(s.URL())
//
// A program that imports it is 15 MB larger than one that only talks to a server: package
// relay does not.
package embedded

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/slotstream/slotstream/arena/relay/internal/token"
)

// Config of a Server. The zero value is ready for use.
type Config struct {
	// Addr is host:port to listen on, 127.0.0.1:0 if empty; port 0 takes a free one.
	Addr string

	// Token is what clients must know, letters, digits, - and _; a random one if empty.
	Token string

	// TLS has the server's certificates. Without it only this machine can be listened
	// on.
	TLS *tls.Config
}

// A Server is a NATS server in this process.
type Server struct {
	server     *server.Server
	url, token string
}

// Start starts a server, and waits until it can be connected to.
func Start(c Config) (*Server, error) {
	s, err := start(c)
	if err != nil {
		return nil, fmt.Errorf("embedded: start a NATS server: %w", err)
	}
	return s, nil
}

func start(c Config) (*Server, error) {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	host, p, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%s: the port must be 0 to 65535", c.Addr)
	}
	if ip := net.ParseIP(host); c.TLS == nil && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s can be reached from elsewhere, and would send everything, the token too, in clear: "+
			"give it TLS, or listen on 127.0.0.1", c.Addr)
	}
	if c.Token == "" {
		c.Token = rand.Text()
	}
	if !token.Valid(c.Token) {
		return nil, errors.New("the token must be of letters, digits, - and _: it goes into a URL")
	}
	o := &server.Options{
		Host: host, Port: int(port), Authorization: c.Token, ServerName: "slotstream",
		TLS: c.TLS != nil, TLSConfig: c.TLS, TLSTimeout: 5,
		WriteTimeout: server.WriteTimeoutPolicyRetry, // a viewer that is stopped for a while is not cut off
		NoSigs:       true, NoLog: true,
	}
	if port == 0 {
		o.Port = server.RANDOM_PORT
	}
	n, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	go n.Start()
	if !n.ReadyForConnections(10 * time.Second) {
		n.Shutdown()
		n.WaitForShutdown()
		return nil, fmt.Errorf("it does not listen on %s: is the port in use?", c.Addr)
	}
	scheme := "nats"
	if c.TLS != nil {
		scheme = "tls"
	}
	return &Server{server: n, token: c.Token, url: scheme + "://" + c.Token + "@" + n.Addr().String()}, nil
}

// URL is what clients connect to, with the token: nats://TOKEN@127.0.0.1:PORT, or tls://
// where it has TLS. Whoever knows it may publish and follow.
func (s *Server) URL() string { return s.url }

// Close ends the server, and with it every connection. A second Close does nothing.
func (s *Server) Close() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
