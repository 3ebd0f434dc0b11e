package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// devtools drives a browser by Chromium's DevTools protocol over two pipes: messages of JSON, each ended by a zero byte.
type devtools struct {
	*browser
	to io.Writer

	mu    sync.Mutex
	last  int                  // id of the last call
	calls map[int]chan message // that wait for their answers
}

// A message is a call, or its answer. Events of the browser have no id, and are ignored.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// drive starts a browser that waits for calls.
func drive(profile string, args ...string) (*devtools, error) {
	theirs, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	from, answers, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	b, err := open(profile, []*os.File{theirs, answers}, append(args, "--remote-debugging-pipe", "about:blank")...)
	theirs.Close()
	answers.Close()
	if err != nil {
		return nil, err
	}
	d := &devtools{browser: b, to: to, calls: map[int]chan message{}}
	go d.hear(from)
	return d, nil
}

// hear hands answers to the calls that wait for them, until the browser ends.
func (d *devtools) hear(from io.Reader) {
	r := bufio.NewReader(from)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			break
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil || m.ID == 0 {
			continue
		}
		d.mu.Lock()
		call := d.calls[m.ID]
		delete(d.calls, m.ID)
		d.mu.Unlock()
		if call != nil {
			call <- m
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, call := range d.calls {
		close(call)
	}
	d.calls = nil
}

type params = map[string]any

// call calls a method, in a session or in the browser itself, and puts what it returns into result, unless that is nil.
func (d *devtools) call(session, method string, p params, result any) error {
	answer := make(chan message, 1)
	d.mu.Lock()
	if d.calls == nil {
		d.mu.Unlock()
		return errors.New("the browser has ended")
	}
	d.last++
	m := message{ID: d.last, Session: session, Method: method, Params: p}
	d.calls[m.ID] = answer
	text, err := json.Marshal(m)
	if err == nil {
		_, err = d.to.Write(append(text, 0))
	}
	d.mu.Unlock()
	if err != nil {
		return err
	}
	m, there := <-answer
	switch {
	case !there:
		return errors.New("the browser has ended")
	case m.Error != nil:
		return fmt.Errorf("%s: %s", method, m.Error.Message)
	case result == nil:
		return nil
	}
	return json.Unmarshal(m.Result, result)
}

// A tab is a page of a driven browser.
type tab struct {
	d               *devtools
	target, session string
}

// tab opens a page in front of the others, which it hides.
func (d *devtools) tab(url string) (*tab, error) {
	t := &tab{d: d}
	var made struct{ TargetID string }
	if err := d.call("", "Target.createTarget", params{"url": url}, &made); err != nil {
		return nil, err
	}
	t.target = made.TargetID
	var attached struct{ SessionID string }
	if err := d.call("", "Target.attachToTarget", params{"targetId": t.target, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	t.session = attached.SessionID
	return t, t.front()
}

func (t *tab) call(method string, p params, result any) error {
	return t.d.call(t.session, method, p, result)
}

// front shows the page, and hides the others.
func (t *tab) front() error {
	return t.d.call("", "Target.activateTarget", params{"targetId": t.target}, nil)
}

// eval evaluates JavaScript in the page, waits if that is a promise, and puts the value into result, unless that is nil.
func (t *tab) eval(script string, result any) error {
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := t.call("Runtime.evaluate", params{"expression": script, "awaitPromise": true, "returnByValue": true}, &got); err != nil {
		return err
	}
	if e := got.ExceptionDetails; e != nil {
		return fmt.Errorf("%s: %s %s", script, e.Text, e.Exception.Description)
	}
	if result == nil || len(got.Result.Value) == 0 {
		return nil
	}
	return json.Unmarshal(got.Result.Value, result)
}
