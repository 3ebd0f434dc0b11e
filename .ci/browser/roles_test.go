package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/embedded"
)

// What a test kills is a process: this test program in a role of its own.
const roleVariable = "SLOTSTREAM_TEST_ROLE"

func TestMain(m *testing.M) {
	role := map[string]func([]string) error{"serve": serve, "publish": publish}[os.Getenv(roleVariable)]
	if role == nil {
		os.Exit(m.Run())
	}
	if err := role(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const followerPage = `<!doctype html><meta charset=utf-8><title>follower</title><link rel=icon href=data:,>
<style>html,body{margin:0;height:100%;overflow:hidden}canvas{width:100%;height:100%;display:block}</style><canvas></canvas>
<script>globalThis.ask = () => new Promise(done => askBy(text => done(JSON.parse(text))))</script><script src=wasm_exec.js></script>
<script type=module>const go = new Go(); globalThis.wasm = await WebAssembly.instantiateStreaming(fetch("main.wasm"), go.importObject); go.run(wasm.instance)</script>`

// serve is a server for NATS at args[0], and for pages at args[1]. args[2] is the program of the page.
func serve(args []string) error {
	s, err := embedded.Start(embedded.Config{Addr: args[0], Token: "secret", Web: true})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/nats", s.Web())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin") // so that the page's clock has steps of 5 µs, not 100
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		fmt.Fprint(w, followerPage)
	})
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(goroot(), "lib", "wasm", "wasm_exec.js"))
	})
	mux.HandleFunc("GET /main.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, args[2]) })
	fmt.Println("token", s.PageToken())
	return http.ListenAndServe(args[1], mux)
}

// publish publishes args[1] slots at the server args[0], all of which change 60 times a second until a line arrives:
// then it prints the sum of the last values, and goes on publishing them.
func publish(args []string) error {
	nc, err := nats.Connect(args[0], nats.MaxReconnects(-1), nats.ReconnectWait(time.Second/4))
	if err != nil {
		return err
	}
	var slots int
	fmt.Sscan(args[1], &slots)
	a, err := arena.New(arena.Config[[16]float32]{})
	if err != nil {
		return err
	}
	group := a.NewGroup()
	span, err := group.AllocSpan(slots, [16]float32{0: 1, 5: 1, 10: 1, 15: 1})
	if err != nil {
		return err
	}
	p, err := relay.Publish(context.Background(), nc, "boxes", a, relay.PublisherConfig{})
	if err != nil {
		return err
	}
	rest := make(chan bool)
	go func() {
		bufio.NewReader(os.Stdin).ReadString('\n')
		close(rest)
	}()
	fmt.Println("publishing")
	random := rand.New(rand.NewPCG(uint64(os.Getpid()), 0))
	ticks := time.NewTicker(time.Second / 60)
	var counted time.Time
	for n, stopped := uint64(1), false; ; n++ {
		<-ticks.C
		select {
		case <-rest:
			a.Descend()
			h := sha256.New()
			h.Write(arena.Bytes(a.Mirror()[:a.HighWater()]))
			fmt.Println("sum", hex.EncodeToString(h.Sum(nil)[:8]))
			rest, stopped = nil, true
		default:
		}
		if !stopped {
			now := time.Duration(time.Now().UnixNano())
			for i := range slots {
				span.Set(i, &[16]float32{0: 0.4, 5: 0.4, 10: 0.4, 15: 1, 12: random.Float32()*60 - 30, 13: random.Float32()*60 - 30, 14: random.Float32()*60 - 30})
			}
			group.Commit(arena.Tick{Number: n, Time: now})
		}
		a.Descend()
		if err := p.Send(); err != nil {
			return err
		}
		if time.Since(counted) > time.Second {
			counted = time.Now()
			s := p.Stats()
			fmt.Println("stats", s.Viewers, s.Frames, s.Bytes, s.Conflated)
		}
	}
}
