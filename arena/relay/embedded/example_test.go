package embedded_test

import (
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// What listens where others can reach it needs TLS.
func ExampleStart() {
	s, err := embedded.Start(embedded.Config{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	nc, err := nats.Connect(s.URL())
	if err != nil {
		panic(err)
	}
	fmt.Println(nc.Status())
	nc.Close()

	_, err = embedded.Start(embedded.Config{Addr: "0.0.0.0:4222"})
	fmt.Println(strings.ReplaceAll(err.Error(), ": ", ":\n"))
	// Output:
	// CONNECTED
	// embedded:
	// start a NATS server:
	// 0.0.0.0:4222 can be reached from elsewhere, and would send everything, the token too, in clear:
	// give it TLS, or listen on 127.0.0.1
}
