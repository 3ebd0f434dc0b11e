//go:build js

// Webpage is slotview in a page: it draws what other processes publish. The page's URL has the names and
// the token behind its #: follow=NAME[,NAME...]&token=TOKEN. With nats=wss://HOST:PORT it follows by another server
// than the page's own, and look=plain or look=studio chooses the look. "make web" builds it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"syscall/js"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/arena/relay/browser"
	"github.com/slotstream/slotstream/cmd/internal/stage"
	"github.com/slotstream/slotstream/cmd/slotview/internal/view"
	"github.com/slotstream/slotstream/render"
	"github.com/slotstream/slotstream/render/window"
	"github.com/slotstream/slotstream/upload/gpu"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		tell(sentence(err))
		select {} // after an exit the page's events would find no program
	}
}

// maxSlots bounds the memory of a page: the mirror of one source takes up to 160 bytes for each.
const maxSlots = 1 << 19

func run() error {
	location := js.Global().Get("location")
	asked, err := url.ParseQuery(strings.TrimPrefix(location.Get("hash").String(), "#"))
	names := strings.Split(asked.Get("follow"), ",")
	if err != nil || asked.Get("follow") == "" {
		return errors.New("this address lacks the part behind #: open the whole URL that -web printed")
	}
	for _, name := range names {
		if err := relay.CheckName(name); err != nil {
			return err
		}
	}
	socket := asked.Get("nats")
	if socket == "" {
		socket = "ws" + strings.TrimPrefix(location.Get("protocol").String(), "http") + "//" + location.Get("host").String() + "/nats"
	}
	var wrong troubles
	nc, err := nats.Connect("nats://"+asked.Get("token")+"@page", browser.Dial(socket), nats.Name("slotview page"),
		nats.Timeout(10*time.Second), nats.MaxReconnects(-1), nats.ReconnectWait(time.Second), nats.IgnoreAuthErrorAbort(),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { wrong.is(network, "The server does not answer. Trying again …") }),
		nats.ReconnectHandler(func(*nats.Conn) { wrong.is(network, "") }))
	if err != nil {
		return err
	}
	defer nc.Close()
	look, given := render.Studio, asked.Get("look") != ""
	if given {
		if err := look.UnmarshalText([]byte(asked.Get("look"))); err != nil {
			return err
		}
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	for {
		err := window.Run(window.Config{Title: strings.Join(names, ", ")}, func(w *window.Window) error {
			wrong.is(device, "")
			sources := view.Config{
				NATS: nc, Follow: names, MaxSlots: maxSlots, Together: asked.Get("place") == "together",
				Say: func(text string) { fmt.Println(text) }, Warn: func(err error) { wrong.is(failure, sentence(err)) },
				Lacks: func(text string) { wrong.is(source, text) },
			}
			return stage.Show(context.Background(), w, stage.Config{
				Open: sources.Open, MSAA: 4, Look: look, LookGiven: given, Outputs: stage.Outputs{Say: sources.Say, Warn: sources.Warn},
			})
		})
		if !errors.Is(err, gpu.ErrDeviceLost) {
			return err
		}
		wrong.is(device, "The browser took the GPU away. Opening it again …")
		time.Sleep(time.Second) // its process begins anew
	}
}

// troubles are what is wrong now: a sentence of each kind. The page shows the first.
type troubles [4]string

const (
	device = iota
	network
	failure
	source
)

// is says what is wrong of a kind, or that nothing is.
func (t *troubles) is(kind int, text string) {
	t[kind] = text
	for _, text = range t {
		if text != "" {
			break
		}
	}
	tell(text)
}

// tell shows a line in the page, and nothing if it is empty.
func tell(line string) { js.Global().Call("tell", line) }

// sentence says what is wrong, and what to do.
func sentence(err error) string {
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), strings.Contains(err.Error(), "Authorization Violation"):
		return "The server does not accept this page's token: open the URL that the publisher printed last."
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout), errors.Is(err, os.ErrDeadlineExceeded):
		return "The publisher cannot be reached: start it, then load this page again."
	}
	return err.Error()
}
