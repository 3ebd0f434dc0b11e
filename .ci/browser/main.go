// Browser runs a WebAssembly program of Go in a page of Chromium, the way "go test -exec" and "go run -exec" want it:
// what the program prints comes here, its files are this machine's, its arguments and its exit status are passed on.
//
//	GOOS=js GOARCH=wasm go test -exec .out/browser ./render
//
// Its tests drive pages by Chromium's DevTools protocol: .ci/browser/test runs them.
//
// Environment: BROWSER names another browser than chromium, BROWSER_LOG=1 shows what the browser itself prints. Variables
// that begin with SLOTSTREAM_ or UPDATE reach the program.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// limit bounds a run whose page hangs: go test's own limit ends the program's clock, not the browser.
const limit = 15 * time.Minute

//go:embed page.html
var page string

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: browser PROGRAM.wasm ARGUMENTS…")
		os.Exit(2)
	}
	code, err := run(os.Args[1], os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
	}
	os.Exit(code)
}

func run(program string, args []string) (code int, err error) {
	cwd, err := os.Getwd()
	if err != nil {
		return 1, err
	}
	start, err := json.Marshal(map[string]any{"args": args, "env": environment(), "cwd": cwd})
	if err != nil {
		return 1, err
	}
	ended := make(chan int, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 1, err
	}
	defer l.Close()
	go http.Serve(l, handler(program, string(start), ended))

	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(profile)
	b, err := open(profile, nil, "http://"+l.Addr().String()+"/")
	if err != nil {
		return 1, err
	}
	defer b.kill()
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGINT, syscall.SIGTERM)
	select {
	case code := <-ended:
		return code, nil
	case <-b.died:
		return 1, fmt.Errorf("the browser ended by itself: %s", b.said.String())
	case s := <-stopped:
		return 1, fmt.Errorf("stopped by %v", s)
	case <-time.After(limit):
		return 1, fmt.Errorf("the page did not end within %v", limit)
	}
}

// environment is what the program gets of this process's environment.
func environment() map[string]string {
	env := map[string]string{"TMPDIR": os.TempDir()}
	for _, e := range os.Environ() {
		if name, value, _ := strings.Cut(e, "="); strings.HasPrefix(name, "SLOTSTREAM_") || strings.HasPrefix(name, "UPDATE") || name == "CI" {
			env[name] = value
		}
	}
	return env
}

// handler serves the page, and takes what the page reports.
func handler(program, start string, ended chan<- int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin") // so that the page's clock has steps of 5 µs, not 100
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		io.WriteString(w, strings.Replace(page, "START", start, 1))
	})
	mux.HandleFunc("GET /wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(goroot(), "lib", "wasm", "wasm_exec.js"))
	})
	mux.HandleFunc("GET /main.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, program) })
	mux.HandleFunc("POST /out/{to}", func(_ http.ResponseWriter, r *http.Request) {
		to := os.Stdout
		if r.PathValue("to") == "2" {
			to = os.Stderr
		}
		io.Copy(to, r.Body)
	})
	mux.HandleFunc("POST /exit", func(_ http.ResponseWriter, r *http.Request) {
		code := 1
		fmt.Sscan(r.FormValue("code"), &code)
		select {
		case ended <- code:
		default:
		}
	})
	mux.HandleFunc("POST /fs/{op}", files)
	return mux
}

func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		panic(err) // go test, which runs this program, is there
	}
	return strings.TrimSpace(string(out))
}
