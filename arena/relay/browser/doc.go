// Package browser connects a program that runs in a browser's page to a NATS server: through a WebSocket, because a
// page can open no other connection.
//
//	nc, err := nats.Connect("nats://TOKEN@page", browser.Dial("ws://127.0.0.1:8080/nats"))
//	f, err := relay.Follow(ctx, nc, "robots", a, relay.FollowerConfig{})
//
// The server is one of package embedded with Config.Web, or any NATS server with a websocket block. The package is
// empty on other platforms.
package browser
