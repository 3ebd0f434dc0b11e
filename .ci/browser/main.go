// Browser runs a WebAssembly program of Go in a page of Chromium, the way "go test -exec" and "go run -exec" want it:
// what the program prints comes here, its files are this machine's, its arguments and its exit status are passed on.
//
//	GOOS=js GOARCH=wasm go test -exec .out/browser ./render
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
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// limit bounds a run whose page hangs: go test's own limit ends the program's clock, not the browser.
const limit = 10 * time.Minute

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
	b, err := open("http://"+l.Addr().String()+"/", profile)
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
	if out, err := exec.Command("go", "env", "GOROOT").Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	return runtime.GOROOT()
}

// A browser is a Chromium with processes of its own.
type browser struct {
	cmd  *exec.Cmd
	died chan struct{}
	said said
}

// flags make Chromium draw by SwiftShader, Vulkan on the CPU, and keep it from slowing pages down that it believes hidden.
var flags = strings.Fields(`--headless=new --no-sandbox --disable-gpu-sandbox --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader
	--use-angle=swiftshader --use-vulkan=swiftshader --enable-features=Vulkan --disable-vulkan-surface --ignore-gpu-blocklist
	--no-first-run --no-default-browser-check --disable-extensions --disable-background-networking --disable-sync
	--disable-background-timer-throttling --disable-renderer-backgrounding --disable-backgrounding-occluded-windows
	--window-size=1280,720`)

func open(url, profile string) (*browser, error) {
	name := os.Getenv("BROWSER")
	if name == "" {
		name = "chromium"
	}
	b := &browser{cmd: exec.Command(name, append(flags, "--user-data-dir="+profile, url)...), died: make(chan struct{})}
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	b.cmd.Stdout, b.cmd.Stderr = &b.said, &b.said
	if os.Getenv("BROWSER_LOG") != "" {
		b.cmd.Stdout, b.cmd.Stderr = os.Stderr, os.Stderr
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: install Chromium (apt-get install chromium), or name a browser in BROWSER", err)
	}
	go func() { b.cmd.Wait(); close(b.died) }()
	return b, nil
}

// kill ends all processes of the browser.
func (b *browser) kill() {
	syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
	<-b.died
}

// said keeps the end of what the browser printed.
type said struct {
	mu   sync.Mutex
	text []byte
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, b...)
	s.text = s.text[max(0, len(s.text)-4000):]
	return len(b), nil
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}
