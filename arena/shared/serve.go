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

// serve is a connection's goroutine: from hello to the end of the writer.
func (l *Listener[T]) serve(c *net.UnixConn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(l.cfg.Patience))
	w, err := l.greet(c)
	var s *seat
	if err == nil {
		s, err = l.take(w)
	}
	var b *block
	if err == nil {
		b, err = l.prepare(s, w)
	}
	in := l.leaveLobby(c)
	if err != nil {
		if s != nil {
			l.rise(s, w.Frees)
		}
		c.SetDeadline(time.Now().Add(l.cfg.Patience)) // for those who do not read
		c.Write(answer(0, err))
		l.mu.Lock()
		defer l.mu.Unlock()
		w.Metadata = nil // a writer that is not let in takes no room
		l.tell(Event{Kind: Refused, Writer: w, Err: err})
		return
	}
	ctx, end := context.WithCancelCause(context.Background())
	if !in {
		end(errors.New("too many connections waited to be let in"))
	}
	l.live(ctx, end, c, s, b, w)
}

// greet finds out who connected, and whether they may write.
func (l *Listener[T]) greet(c *net.UnixConn) (w Writer, err error) {
	if w, err = readHello(c, l.cfg.MaxMetadata); err != nil {
		return w, err
	}
	if err := credentials(c, &w); err != nil {
		return w, err
	}
	if size := int(unsafe.Sizeof(*new(T))); w.SlotBytes != size || w.Layout != l.layout {
		return w, fmt.Errorf("slots of %d bytes, %q: the host's have %d bytes, %q", w.SlotBytes, w.Layout, size, l.layout)
	}
	return w, l.cfg.Allow(w)
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
	late := time.Now().Add(l.cfg.Patience)
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
				return nil, errors.New("the host did not call Descend for a while, which the seed needs: try again")
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
	l.rise(s, w.Frees)
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
