package embedded_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// A server that other machines can reach needs TLS.
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
	// other machines can reach 0.0.0.0:4222, and without TLS they read everything, the token too:
	// set TLS, or listen on 127.0.0.1
}

// A page and its WebSocket have one address.
func ExampleServer_Web() {
	s, err := embedded.Start(embedded.Config{Web: true})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir("page")))
	mux.Handle("/nats", s.Web())
	page := httptest.NewServer(mux) // your program: http.ListenAndServe("127.0.0.1:8080", mux)
	defer page.Close()
	open := page.URL + "/#token=" + s.PageToken()
	fmt.Println(strings.HasPrefix(open, "http://127.0.0.1:"))
	// Output: true
}
