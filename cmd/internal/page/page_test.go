package page

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

// Each browser gets the smallest encoding that it accepts, with the type of the file itself.
func TestServe(t *testing.T) {
	t.Parallel()
	h := serve(fstest.MapFS{
		"index.html": {Data: []byte("page")}, "main.wasm.br": {Data: []byte("b")}, "main.wasm.gz": {Data: []byte("gz")},
		"wasm_exec.js": {Data: []byte("loader")}, "wasm_exec.js.gz": {Data: []byte("gz")},
	})
	for _, c := range []struct {
		path, accepts  string
		status         int
		body, encoding string
		kind           string
	}{
		{"/", "gzip, br", 200, "page", "", "text/html; charset=utf-8"},
		{"/main.wasm", "gzip, deflate, br, zstd", 200, "b", "br", "application/wasm"},
		{"/main.wasm", "gzip", 200, "gz", "gzip", "application/wasm"},
		{"/main.wasm", "br;q=0, gzip;q=0.5", 200, "gz", "gzip", "application/wasm"},
		{"/wasm_exec.js", "", 200, "loader", "", "text/javascript; charset=utf-8"},
		{"/../page.go", "", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
		{"/nothing", "gzip", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
	} {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accepts)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.encoding || w.Header().Get("Content-Type") != c.kind {
			t.Errorf("%s for %q: %d %q %v", c.path, c.accepts, w.Code, w.Body.String(), w.Header())
		}
	}
}
