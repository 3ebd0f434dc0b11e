package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slotstream/slotstream/render/window/windowtest"
)

var shots = flag.String("shots", "", "write pictures of the pages to this folder")

// examples has what "make web" builds.
const examples = "../../.out/web"

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

// The examples are pages as they are, and draw.
func TestExamplesArePages(t *testing.T) {
	files := httptest.NewServer(http.FileServer(http.Dir(examples)))
	defer files.Close()
	d := chromium(t)
	for _, name := range []string{"window", "shader", "motion", "far"} {
		page, err := d.tab(fmt.Sprintf("%s/%s/", files.URL, name))
		must(t, err)
		must(t, page.size(1280, 720, 1, false))
		draws(t, page)
		show(t, page, "example-"+name)
		must(t, d.call("", "Target.closeTarget", params{"targetId": page.target}, nil))
	}
}
