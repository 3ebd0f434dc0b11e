// Package page serves the page that shows in a browser what this program publishes. "make web" builds the page's files
// to the folder built. A program that is built with the tag web has them inside; another one has no page.
package page

import (
	"bytes"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// ErrNone says that this program was built without the page.
var ErrNone = errors.New("this program was built without the page: run make web, which builds .out/slotview and .out/bouncingcubes with it")

// Handler returns the handler of the page's files. The error is ErrNone if there are none.
func Handler() (http.Handler, error) {
	files, err := files()
	if err != nil {
		return nil, err
	}
	return serve(files), nil
}

// encodings are what the large files are compressed by, best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// serve answers with the best encoding of a file that the browser accepts.
func serve(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if name == "" {
			name = "index.html"
		}
		content, err := fs.ReadFile(files, name)
		accepted := strings.Split(strings.ReplaceAll(r.Header.Get("Accept-Encoding"), " ", ""), ",")
		for _, e := range encodings {
			if packed, missing := fs.ReadFile(files, name+e.suffix); missing == nil && accepts(accepted, e.name) {
				content, err = packed, nil
				w.Header().Set("Content-Encoding", e.name)
				break
			}
		}
		if err != nil {
			http.NotFound(w, r)
			return
		}
		kind := mime.TypeByExtension(path.Ext(name))
		if path.Ext(name) == ".wasm" {
			kind = "application/wasm"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Vary", "Accept-Encoding")
		w.Header().Set("Cache-Control", "no-cache") // another program may serve another page here tomorrow
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; "+
			"connect-src 'self' ws: wss:; img-src 'self' blob: data:")
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
}

func accepts(accepted []string, encoding string) bool {
	for _, a := range accepted {
		if name, weight, _ := strings.Cut(a, ";"); name == encoding && weight != "q=0" {
			return true
		}
	}
	return false
}
