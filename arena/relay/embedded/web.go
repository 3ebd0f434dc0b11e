package embedded

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/nats-io/nats-server/v2/server"
)

// Web returns a handler that hands WebSockets to the server. Mount it in the HTTP server that serves the page, so that
// the page has one address for both:
//
//	mux.Handle("/nats", s.Web())
//
// It accepts pages of its own address only, and no other web site. It panics if Config.Web was not set.
func (s *Server) Web() http.Handler {
	to, err := url.Parse(s.socket)
	if err != nil || s.socket == "" {
		panic("embedded: Web: the server was started without Config.Web")
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.URL.Path = "http", to.Host, "/"
			r.Out.Host = to.Host
			r.Out.Header.Set("Origin", "http://"+to.Host)
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, err := url.Parse(r.Header.Get("Origin")); err != nil || from.Host != r.Host {
			http.Error(w, "embedded: a WebSocket from a page of another address: open the page at this one", http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

// PageToken returns the token for pages. A program that has it may follow and find publishers, and may not publish. Put
// it behind the # of the page's URL: a browser sends that part to no server. It stays the same as long as Config.Token
// does. It is empty if Config.Web was not set.
func (s *Server) PageToken() string { return s.pageToken }

// pageToken makes the token for pages of the token for all. Nobody can compute the way back.
func pageToken(token string) string {
	sum := sha256.Sum256([]byte("slotstream page " + token))
	return hex.EncodeToString(sum[:13])
}

// tokens says who a client is by the token that it sends.
type tokens struct{ all, page string }

// Check implements server.Authentication.
func (t tokens) Check(c server.ClientAuthentication) bool {
	got := c.GetOpts().Token
	if same(got, t.all) {
		return true
	}
	if !same(got, t.page) {
		return false
	}
	c.RegisterUser(&server.User{Username: "page", Permissions: &server.Permissions{ // as package relay lists them
		Publish:   &server.SubjectPermission{Allow: []string{"slots.*.pull", "$SRV.INFO.>"}},
		Subscribe: &server.SubjectPermission{Allow: []string{"slots.*.frame.*", "_INBOX.>"}},
	}})
	return true
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
