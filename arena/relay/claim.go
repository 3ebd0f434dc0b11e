package relay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// claim asks whether another publisher has the name, and returns nil if none has. The
// publisher must have subscribed to the name's pulls before: of two that start at once, at
// least one must receive the other's claim.
//
//	publisher 1, small epoch:  subscribe ─ claim ─► no answer ─► settled
//	publisher 2, large epoch:      subscribe ─ claim ─► "not yet" ─ claim ─► hello of 1: taken
//
// A connection does not receive its own messages, so the server itself answers at once if
// there is no other publisher. A publisher whose machine died may look alive to the server:
// it does not answer in time.
//
// Two unsettled publishers receive each other's claims. The one with the smaller epoch
// answers that the name is taken. The one with the larger epoch answers that it does not
// know yet, and is asked again. So at most one of them gets no answer.
func (p *publisher) claim(ctx context.Context) error {
	for {
		wait, cancel := context.WithTimeout(ctx, time.Second)
		m, err := p.nc.RequestWithContext(wait, pullSubject(p.info.Name), appendClaim(nil, p.info.Epoch))
		cancel()
		if err == nil {
			if string(m.Data) != claimMagic {
				other, _ := parseHello(m.Data)
				return fmt.Errorf("%w: a publisher of slots of %d bytes, epoch %x, is alive: end it, or choose another name",
					ErrTaken, other.SlotBytes, other.Epoch)
			}
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if refused := p.refused.Load(); refused != nil { // the server dropped the claim or its answer
			err = *refused
		} else if ctx.Err() != nil {
			err = ctx.Err()
		} else if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, context.DeadlineExceeded) {
			return nil
		}
		return fmt.Errorf("ask whether the name is taken: %w", err)
	}
}

// answerClaim answers another publisher that starts under the same name.
func (p *publisher) answerClaim(m *nats.Msg, epoch uint64) {
	p.mu.Lock()
	mine := p.settled || p.info.Epoch < epoch
	p.mu.Unlock()
	answer := []byte(claimMagic)
	if mine {
		answer = p.shortHello("")
	}
	p.noteError(m.Respond(answer))
}
