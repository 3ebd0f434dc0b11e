package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

var shots = flag.String("shots", "", "write pictures of the pages to this folder")

// These tests need what "make web" builds.
const (
	demo     = "../../.out/bouncingcubes"
	examples = "../../.out/web"
)

// demonstrate starts the demo, which publishes cubes.
func demonstrate(t testing.TB, args ...string) *windowtest.Program {
	t.Helper()
	path, err := filepath.Abs(demo)
	must(t, err)
	cmd := exec.Command(path, append([]string{"-offscreen", "-size", "64x36", "-look", "plain", "-msaa", "1", "-screenshot", "live.png"}, args...)...)
	cmd.Dir = t.TempDir()
	return windowtest.Start(t, cmd)
}

// title waits until the page's title has a text: the page puts into it what it follows, once it draws.
func title(t testing.TB, page *tab, want string) {
	t.Helper()
	waitFor(t, page, "document.title", want)
}

// line waits until the page's line of text has a text.
func line(t *testing.T, page *tab, want string) {
	t.Helper()
	waitFor(t, page, "document.querySelector('#line')?.textContent ?? ''", want)
}

// silent waits until the page's line of text is empty.
func silent(t *testing.T, page *tab) {
	t.Helper()
	windowtest.Wait(t, "the line to go", func() bool {
		text := "?"
		return page.eval("document.querySelector('#line')?.textContent ?? '?'", &text) == nil && text == ""
	})
}

func waitFor(t testing.TB, page *tab, script, want string) {
	t.Helper()
	var last string
	defer func() {
		if t.Failed() {
			t.Logf("the last was %q", last)
		}
	}()
	windowtest.Wait(t, want, func() bool { return page.eval(script, &last) == nil && strings.Contains(last, want) })
}

// picture returns what the page's canvas shows, or the picture that the page's program has written.
func (t *tab) picture() (image.Image, error) {
	var data string
	err := t.eval(`new Promise(done => requestAnimationFrame(() => setTimeout(() => {
		let c = document.querySelector("canvas");
		const i = document.querySelector("img");
		if (i) {
			c = document.createElement("canvas");
			c.width = i.naturalWidth; c.height = i.naturalHeight;
			c.getContext("2d").drawImage(i, 0, 0);
		}
		done(c.toDataURL());
	})))`, &data)
	if err != nil {
		return nil, err
	}
	file, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(data, "data:image/png;base64,"))
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(file))
}

// shot writes a picture of the whole page. The browser's own has nothing in the canvas: a picture of that is laid over it.
func (t *tab) shot(path string) error {
	if err := t.eval(`new Promise(done => requestAnimationFrame(() => setTimeout(() => {
		const c = document.querySelector("canvas"), i = new Image(), written = document.querySelector("img");
		i.id = "shot"; i.src = written ? written.src : c.toDataURL(); i.style.cssText = "position:fixed;inset:0;width:100%;height:100%";
		i.onload = () => { c.after(i); requestAnimationFrame(() => requestAnimationFrame(done)); };
	})))`, nil); err != nil {
		return err
	}
	var got struct{ Data []byte }
	if err := t.call("Page.captureScreenshot", params{"format": "png"}, &got); err != nil {
		return err
	}
	if err := t.eval(`document.querySelector("#shot").remove()`, nil); err != nil {
		return err
	}
	return os.WriteFile(path, got.Data, 0o644)
}

// show writes a picture of the page if -shots asks for it.
func show(t *testing.T, page *tab, name string) {
	t.Helper()
	if *shots != "" {
		must(t, page.shot(filepath.Join(*shots, name+".png")))
	}
}

// size makes the page as large as a screen of so many pixels, scale of them for each of the page's own.
func (t *tab) size(width, height int, scale float64, touch bool) error {
	return t.call("Emulation.setDeviceMetricsOverride", params{"width": width, "height": height, "deviceScaleFactor": scale, "mobile": touch}, nil)
}

// wide makes the page a wide window, and phone a telephone's. The CPU draws: so pages that nobody looks at have fewer pixels.
func (t *tab) wide() error {
	if *shots == "" {
		return t.size(480, 270, 1, false)
	}
	return t.size(1280, 720, 1, false)
}

func (t *tab) phone() error {
	if *shots == "" {
		return t.size(390, 844, 0.5, true)
	}
	return t.size(390, 844, 3, true)
}

// colors counts the colours of a picture.
func colors(p image.Image) int {
	seen := map[color.Color]bool{}
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x++ {
			seen[p.At(x, y)] = true
		}
	}
	return len(seen)
}

// draws waits until the page shows more than a ground and a sky.
func draws(t *testing.T, page *tab) {
	t.Helper()
	n := 0
	defer func() {
		if t.Failed() {
			var says string
			page.eval("document.body.innerText", &says)
			t.Logf("a picture of %d colours; the page says %q", n, says)
		}
	}()
	windowtest.Wait(t, "a picture", func() bool {
		if p, err := page.picture(); err == nil {
			n = colors(p)
		}
		return n > 100
	})
}

// The page follows what the program that serves it publishes. It says in a sentence what is wrong: no name, a wrong token, no
// publisher of the name, a publisher that is silent.
func TestPageOfSlotview(t *testing.T) {
	program := demonstrate(t, "-cubes", "300", "-fountain", "-publish", "one", "-web", "127.0.0.1:0")
	at := "http" + program.Expect("http")
	where, err := url.Parse(at)
	must(t, err)
	d := chromium(t)
	page, err := d.tab(at)
	must(t, err)
	must(t, page.wide())
	title(t, page, " of one")
	silent(t, page)
	draws(t, page)
	show(t, page, "page-wide")
	phone, err := d.tab("about:blank")
	must(t, err)
	must(t, phone.phone())
	must(t, phone.call("Emulation.setTouchEmulationEnabled", params{"enabled": true}, nil))
	must(t, phone.call("Page.navigate", params{"url": at}, nil))
	title(t, phone, " of one")
	draws(t, phone)
	if *shots != "" {
		time.Sleep(time.Second) // the figures go; no verdict depends on that
	}
	show(t, phone, "page-phone")
	must(t, phone.eval(`document.querySelector("#help").click()`, nil))
	show(t, phone, "page-phone-help")

	for fragment, want := range map[string]string{
		"": "this address lacks the part behind #", "#token=x": "this address lacks the part behind #",
		"#follow=one&token=wrong": "does not accept this page's token",
		"#follow=no+body&token=x": "no body",
		"#" + strings.Replace(where.Fragment, "follow=one", "follow=two", 1): "Waiting for two: no program publishes it",
	} {
		where.Fragment = ""
		other, err := d.tab(where.String() + fragment)
		must(t, err)
		line(t, other, want)
	}

	must(t, page.front())
	resume := program.Suspend() // the server with it
	line(t, page, "Nothing has come from one for more than 2 seconds")
	show(t, page, "page-silent")
	resume()
	silent(t, page)
}

// -web-cert and -web-key serve the page and its connection by https and wss.
func TestPageByHTTPS(t *testing.T) {
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), 0o600))
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	at := "https://" + demonstrate(t, "-cubes", "40", "-publish", "one", "-web", "127.0.0.1:0", "-web-cert", certFile, "-web-key", keyFile).Expect("https://")
	page, err := chromium(t, "--ignore-certificate-errors").tab(at)
	must(t, err)
	title(t, page, "40 bodies of one")
}

// A page follows by the WebSocket of another server than the one that the page comes from.
func TestPageOfAnotherServer(t *testing.T) {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, Authorization: "secret", NoLog: true, NoSigs: true,
		Websocket: server.WebsocketOpts{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoTLS: true},
	})
	must(t, err)
	go s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	socket := s.WebsocketURL()
	demonstrate(t, "-cubes", "40", "-publish", "two", "-nats", strings.Replace(socket, "ws://", "ws://secret@", 1))
	from := "http://" + demonstrate(t, "-cubes", "40", "-publish", "one", "-web", "127.0.0.1:0").Expect("http://")
	where, err := url.Parse(from)
	must(t, err)
	where.Fragment = ""
	page, err := chromium(t).tab(where.String() + "#" + url.Values{"follow": {"two"}, "token": {"secret"}, "nats": {socket}}.Encode())
	must(t, err)
	title(t, page, "40 bodies of two")
}

// The examples are pages as they are, and draw.
func TestExamplesArePages(t *testing.T) {
	files := httptest.NewServer(http.FileServer(http.Dir(examples)))
	defer files.Close()
	d := chromium(t)
	for _, name := range []string{"window", "shader", "motion", "far"} {
		page, err := d.tab(fmt.Sprintf("%s/%s/", files.URL, name))
		must(t, err)
		must(t, page.wide())
		draws(t, page)
		show(t, page, "example-"+name)
		must(t, d.call("", "Target.closeTarget", params{"targetId": page.target}, nil))
	}
}
