package relay

import (
	"encoding/binary"
	"errors"

	"github.com/slotstream/slotstream/arena/relay/internal/token"
)

// A pull is the only message of a follower to its publisher. It acknowledges frames,
// grants room for more, asks for lost frames, and is a sign of life. Each pull holds the
// whole state, so the loss of a pull does no harm.
type pull struct {
	session string // of the follower: the last token of the subject that it receives at
	epoch   uint64 // of the publisher that it follows; 0: it follows none
	have    uint64 // it has everything up to this frame; 0: nothing
	got     uint64 // the bytes of frames that it received, usable or not
	window  uint32 // FollowerConfig.Window
	frames  uint32 // FollowerConfig.Frames
	told    uint32 // the number of the publisher's description that it has, in 24 bits; 0: it is of a version that takes one only
	ask     bool   // it wants a beat
	lost    bool   // it wants everything after have again
	bye     bool   // it ends
	seek    bool   // it looks for a publisher: one with another epoch may say hello
}

const (
	pullMagic  = "SLP1"
	pullSize   = 40 // without the session
	mostTold   = 1<<24 - 1
	maxSession = 32
)

func (p pull) append(b []byte) []byte {
	le := binary.LittleEndian
	b = append(b, pullMagic...)
	b = le.AppendUint32(b, p.told<<8|uint32(flags(p.ask, p.lost, p.bye, p.seek)))
	b = le.AppendUint64(b, p.epoch)
	b = le.AppendUint64(b, p.have)
	b = le.AppendUint64(b, p.got)
	b = le.AppendUint32(b, p.window)
	b = le.AppendUint32(b, p.frames)
	return append(b, p.session...)
}

func flags(set ...bool) (f byte) {
	for i, s := range set {
		if s {
			f |= 1 << i
		}
	}
	return f
}

func parsePull(b []byte) (p pull, err error) {
	if len(b) <= pullSize || len(b) > pullSize+maxSession || string(b[:4]) != pullMagic {
		return p, errors.New("not a pull")
	}
	le, f := binary.LittleEndian, b[4]
	p = pull{
		session: string(b[pullSize:]), epoch: le.Uint64(b[8:]), have: le.Uint64(b[16:]), got: le.Uint64(b[24:]),
		window: le.Uint32(b[32:]), frames: le.Uint32(b[36:]), told: le.Uint32(b[4:]) >> 8, ask: f&1 != 0, lost: f&2 != 0, bye: f&4 != 0, seek: f&8 != 0,
	}
	if !token.Valid(p.session) || f > 15 || p.window == 0 || p.frames == 0 {
		return pull{}, errors.New("not a pull: its session is not a token, or its window is empty")
	}
	return p, nil
}

// A beat is a publisher's sign of life to one follower. It overtakes frames that still
// wait in the viewer's queue, and tells what left before it. NATS keeps the order of
// messages: what the follower does not have when the beat arrives is lost.
type beat struct {
	epoch uint64
	whole uint64 // the last frame of which all messages were sent
	sent  uint64 // the bytes of frames that were sent, to compare with pull.got
	bye   bool   // the publisher ends, or forgets this follower
}

const (
	beatMagic = "SLB1"
	beatSize  = 32
)

func (h beat) append(b []byte) []byte {
	le := binary.LittleEndian
	b = append(b, beatMagic...)
	b = append(b, flags(h.bye), 0, 0, 0)
	b = le.AppendUint64(b, h.epoch)
	b = le.AppendUint64(b, h.whole)
	return le.AppendUint64(b, h.sent)
}

func parseBeat(b []byte) (beat, error) {
	if len(b) != beatSize || string(b[:4]) != beatMagic || b[4] > 1 {
		return beat{}, errors.New("not a beat")
	}
	le := binary.LittleEndian
	h := beat{epoch: le.Uint64(b[8:]), whole: le.Uint64(b[16:]), sent: le.Uint64(b[24:]), bye: b[4] == 1}
	if h.epoch == 0 {
		return beat{}, errors.New("not a beat: its epoch is 0")
	}
	return h, nil
}

// A claim is the question of a publisher that starts: is the name taken? It carries the
// epoch of the publisher that asks. Another publisher of the name answers with its hello,
// or with claimMagic alone while it does not know yet whether the name is its own.
const claimMagic = "SLR1"

func appendClaim(b []byte, epoch uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, claimMagic...), epoch)
}

func parseClaim(b []byte) (epoch uint64, ok bool) {
	if len(b) != 12 || string(b[:4]) != claimMagic {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[4:]), true
}
