package relay

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// lossyServer starts a server that loses the given share of relay's messages, in both
// directions, by NATS's subject mappings. It returns its URL.
func lossyServer(t testing.TB, percent uint8) string {
	t.Helper()
	s := startServer(t, &server.Options{})
	if err := s.GlobalAccount().AddWeightedMappings("slots.>", server.NewMapDest("slots.>", 100-percent)); err != nil {
		t.Fatal(err)
	}
	return s.ClientURL()
}

// startServer starts a server, which ends with the test.
func startServer(t testing.TB, o *server.Options) *server.Server {
	t.Helper()
	o.Host, o.NoSigs, o.NoLog = "127.0.0.1", true, true
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { endServer(s) })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

func endServer(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}
