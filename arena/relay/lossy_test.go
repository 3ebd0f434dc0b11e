package relay

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// A lossy server loses the given share of what is said about slots, in either direction:
// a feature of NATS's subject mappings. It returns its URL.
func lossyServer(t testing.TB, percent uint8) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.GlobalAccount().AddWeightedMappings("slots.>", server.NewMapDest("slots.>", 100-percent)); err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s.ClientURL()
}
