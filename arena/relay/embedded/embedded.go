// Package embedded runs a NATS server in the program's own process: use it if you have no
// server yet. By default the server listens on 127.0.0.1 and requires a random token from
// its clients. On any other address it listens only with TLS.
//
//	s, err := embedded.Start(embedded.Config{})
//	defer s.Close()
//	nc, err := nats.Connect(s.URL())
//
// The package adds 15 MB to a program. Package relay does not import it: a follower needs
// no server of its own.
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

// Config configures a Server. The zero value is ready for use.
type Config struct {
	// Addr is the address to listen on, host:port, 127.0.0.1:0 if empty. Port 0 takes a
	// free port.
	Addr string

	// Token is the password of all clients: ASCII letters, digits, - and _. If it is
	// empty, Start makes a random one.
	Token string

	// TLS has the server's certificates. It is required unless Addr is a loopback address.
	TLS *tls.Config

	// Web makes the server accept WebSockets from pages: see Server.Web.
	Web bool
}

// A Server is a NATS server in this process. Any goroutine may call its methods.
type Server struct {
	server    *server.Server
	url       string
	pageToken string // with Config.Web
	socket    string // with Config.Web: where the server itself listens for WebSockets
}

// Start starts a server, and returns when clients can connect to it. It fails if the
// address is in use, if cfg has no TLS and the address is not a loopback address, or if
// the token has other characters than Config allows.
func Start(cfg Config) (*Server, error) {
	s, err := start(cfg)
	if err != nil {
		return nil, fmt.Errorf("embedded: start a NATS server: %w", err)
	}
	return s, nil
}

func start(cfg Config) (*Server, error) {
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	host, p, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%s: the port must be 0 to 65535", cfg.Addr)
	}
	if ip := net.ParseIP(host); cfg.TLS == nil && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("other machines can reach %s, and without TLS they read everything, the token too: "+
			"set TLS, or listen on 127.0.0.1", cfg.Addr)
	}
	if cfg.Token == "" {
		cfg.Token = rand.Text()
	}
	if !token.Valid(cfg.Token) {
		return nil, errors.New("the token is part of a URL: use only letters, digits, - and _")
	}
	o := &server.Options{
		Host: host, Port: int(port), ServerName: "slotstream",
		CustomClientAuthentication: tokens{all: cfg.Token, page: pageToken(cfg.Token)},
		TLS:                        cfg.TLS != nil, TLSConfig: cfg.TLS, TLSTimeout: 5,
		WriteTimeout: server.WriteTimeoutPolicyRetry, // keeps a client that is stopped for a while
		NoSigs:       true, NoLog: true,
	}
	if port == 0 {
		o.Port = server.RANDOM_PORT
	}
	if cfg.Web {
		o.Websocket = server.WebsocketOpts{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoTLS: true, SameOrigin: true}
	}
	n, err := server.NewServer(o)
	if err != nil {
		return nil, err
	}
	go n.Start()
	if !n.ReadyForConnections(10 * time.Second) {
		n.Shutdown()
		n.WaitForShutdown()
		return nil, fmt.Errorf("the server does not listen on %s: choose another port if this one is in use", cfg.Addr)
	}
	scheme := "nats"
	if cfg.TLS != nil {
		scheme = "tls"
	}
	s := &Server{server: n, url: scheme + "://" + cfg.Token + "@" + n.Addr().String()}
	if cfg.Web {
		s.pageToken, s.socket = pageToken(cfg.Token), n.WebsocketURL()
	}
	return s, nil
}

// URL returns the address for clients, with the token: nats://TOKEN@127.0.0.1:PORT, or
// tls:// with TLS. A program that has the URL may publish and follow.
func (s *Server) URL() string { return s.url }

// Close ends the server and all its connections. A second Close does nothing.
func (s *Server) Close() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
