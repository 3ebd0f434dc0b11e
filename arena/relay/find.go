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

const serviceName = "slotstream" // of every publisher, in NATS's service protocol

// Find asks who publishes, by NATS's own service protocol, and lists who has answered by
// the time that nobody did for a fifth of a second, or ctx is done: by name. nc is used
// as it is.
func Find(ctx context.Context, nc *nats.Conn) ([]Info, error) {
	const patience = time.Second / 5
	answers := nc.NewInbox() // where its owner may hear
	sub, err := nc.SubscribeSync(answers)
	if err != nil {
		return nil, fmt.Errorf("relay: find publishers: %w", err)
	}
	defer sub.Unsubscribe()
	ask, err := micro.ControlSubject(micro.InfoVerb, serviceName, "")
	if err == nil {
		err = nc.PublishRequest(ask, answers, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("relay: find publishers: %w", err)
	}
	var found []Info
	for {
		wait, cancel := context.WithTimeout(ctx, patience)
		m, err := sub.NextMsgWithContext(wait)
		cancel()
		switch {
		case errors.Is(err, nats.ErrNoResponders), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
			slices.SortFunc(found, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
			return found, nil
		case err != nil:
			return nil, fmt.Errorf("relay: find publishers: %w", err)
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
