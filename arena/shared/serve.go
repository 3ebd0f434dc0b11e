package shared

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"
	"unsafe"
)

// serve is the goroutine of a connection that said hello: until the end of the writer.
func (l *Listener[T]) serve(c *net.UnixConn, w Writer) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		l.door.turnAway(c, w, errClosed)
		return
	}
	l.running.Add(1) // before Close waits
	l.mu.Unlock()
	go func() {
		defer l.running.Done()
		defer c.Close()
		s, b, err := l.admit(w)
		if err != nil {
			l.door.turnAway(c, w, err)
			l.refused(w, err)
			return
		}
		ctx, end := context.WithCancelCause(context.Background())
		if !l.door.leaveLobby(c) {
			end(errors.New("too many connections waited to be let in"))
		}
		l.live(ctx, end, c, s, b, w)
	}()
}

// refused tells of a writer that was not let in.
func (l *Listener[T]) refused(w Writer, why error) {
	w.Metadata = nil // it takes no room
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tell(Event{Kind: Refused, Writer: w, Err: why})
}

// admit finds the seat of w, and makes a block for it.
func (l *Listener[T]) admit(w Writer) (*seat, *block, error) {
	if len(w.Metadata) > l.cfg.MaxMetadata {
		return nil, nil, fmt.Errorf("%d bytes of metadata: the host takes %d", len(w.Metadata), l.cfg.MaxMetadata)
	}
	if err := l.cfg.Allow(w); err != nil {
		return nil, nil, err
	}
	s, err := l.take(w)
	if err != nil {
		return nil, nil, err
	}
	b, err := l.prepare(s, w)
	if err != nil {
		l.rise(s, w.FreeOnExit)
	}
	return s, b, err
}

// prepare makes a block for w that the next Descend attaches. It waits for that Descend only where the writer must see
// what the Descend does: for the seed of an earlier life, or where that life itself waits for one.
func (l *Listener[T]) prepare(s *seat, w Writer) (*block, error) {
	same, err := l.furnish(s, w)
	if err != nil {
		return nil, err
	}
	s.lives++
	h := header{Slots: uint64(w.Slots), SlotBytes: uint32(w.SlotBytes), Index: uint64(s.group.Index()), Lives: s.lives}
	copy(h.Layout[:], l.layout)
	copy(h.Name[:], w.Name)
	if w.Seed {
		h.Seeded = 1
	}
	b, err := newBlock(h)
	if err != nil {
		return nil, err
	}
	b.Seed = w.Seed && same
	if w.Seed && !same {
		values := unsafe.Slice((*T)(b.Values[0]), w.Slots)
		for i := range values {
			values[i] = l.cfg.Initial
		}
	}
	late := time.Now().Add(l.cfg.Timeout)
	for !s.group.Attach(&b.Block) {
		if !time.Now().Before(late) {
			b.free()
			return nil, errors.New("the host has not called Descend since the last writer of the name ended: try again")
		}
		time.Sleep(time.Millisecond)
	}
	if b.Seed {
		select {
		case <-b.Attached:
		case <-time.After(time.Until(late)):
			if s.group.Withdraw(&b.Block) {
				b.free()
				return nil, errors.New("the host has not called Descend for a while, and the seed needs one: try again")
			}
			<-b.Attached // a Descend has just come for it
		}
	}
	return b, nil
}

// live is a writer's life: from the welcome until it ends, whichever way.
func (l *Listener[T]) live(ctx context.Context, end context.CancelCauseFunc, c *net.UnixConn, s *seat, b *block, w Writer) {
	over := make(chan struct{})
	defer close(over)
	go keep(b, end, over, l.gone)
	context.AfterFunc(ctx, func() { c.Close() })
	defer end(nil)

	e := Event{Kind: Joined, Writer: w, Group: s.group.Number(), Index: s.group.Index()}
	l.mu.Lock()
	if l.closed {
		end(errClosed)
	}
	s.end, s.owner = end, w
	l.tell(e)
	l.mu.Unlock()

	c.SetDeadline(time.Now().Add(l.cfg.Timeout))
	err := send(c, answer(len(b.mem), nil), b.fd)
	b.forget()
	e.Kind = Died
	if err == nil {
		c.SetDeadline(time.Time{})
		stop := watch(c, w.PID, func() { end(errEnded) })
		if err = l.hear(c, b); err == nil {
			e.Kind = Left
		}
		stop()
	}
	if e.Kind == Died {
		e.Err = or(context.Cause(ctx), fmt.Errorf("its connection ended without a goodbye: %w", err))
	}
	b.close()
	s.group.Detach(&b.Block)
	l.mu.Lock()
	l.tell(e)
	l.mu.Unlock()
	l.rise(s, w.FreeOnExit)
}

// keep gives the memory back once the life is over and no Descend looks at it. Close does not wait for keep, which may
// wait for a Descend. keep holds nothing of the arena, whose end it would not see otherwise.
func keep(b *block, end context.CancelCauseFunc, over, gone chan struct{}) {
	select {
	case <-b.Detached:
		if b.Broken {
			end(errBroken)
		}
	case <-gone:
	}
	<-over
	b.free()
}

// hear reads the writer's messages until it leaves, which is no error.
func (l *Listener[T]) hear(c *net.UnixConn, b *block) error {
	for {
		var m message // a read without room for descriptors closes those that were sent along
		if err := binary.Read(c, binary.NativeEndian, &m); err != nil {
			return err
		}
		switch m.What {
		case sayLeave:
			return nil
		case sayExchange:
			m.Word = b.Middle.Swap(m.Word)
			if err := binary.Write(c, binary.NativeEndian, m); err != nil {
				return err
			}
		default:
			return fmt.Errorf("it broke the protocol: %d is no message", m.What)
		}
	}
}
