package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// serviceName is the name of every publisher in NATS's service protocol.
const serviceName = "slotstream"

// Find lists the publishers on the server of nc, sorted by name, with the metadata that they
// began with. It asks by NATS's service protocol, and returns when no answer has come for
// 200 ms or ctx is done. It fails if it could not ask. Find uses nc itself, whose NATS user
// needs permission to publish to $SRV.> and to subscribe to an inbox.
func Find(ctx context.Context, nc *nats.Conn) ([]Info, error) {
	found, err := find(ctx, nc)
	if err != nil {
		return nil, fmt.Errorf("relay: find publishers: %w", err)
	}
	slices.SortFunc(found, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

func find(ctx context.Context, nc *nats.Conn) (found []Info, err error) {
	const patience = 200 * time.Millisecond
	if nc == nil {
		return nil, nats.ErrInvalidConnection
	}
	inbox := nc.NewInbox() // with the prefix that the program chose
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer sub.Unsubscribe()
	subject, err := micro.ControlSubject(micro.InfoVerb, serviceName, "")
	if err == nil {
		err = nc.PublishRequest(subject, inbox, nil)
	}
	if err != nil {
		return nil, err
	}
	for {
		wait, cancel := context.WithTimeout(ctx, patience)
		m, err := sub.NextMsgWithContext(wait)
		cancel()
		switch {
		case errors.Is(err, nats.ErrNoResponders), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
			return found, nil
		case err != nil:
			return nil, err
		}
		var s micro.Info
		if json.Unmarshal(m.Data, &s) != nil {
			continue
		}
		if i, err := infoOfService(s.Metadata); err == nil {
			found = append(found, i)
		}
	}
}
