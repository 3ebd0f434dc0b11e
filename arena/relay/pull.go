package relay

import (
	"encoding/binary"
	"errors"
)

// A pull is what a viewer says: who it is, how far it has come, and how much it is ready
// for. It acknowledges, asks for more, is a sign of life, and asks for what was lost. It
// says all of that each time, so that any one of them may be lost.
type pull struct {
	session string // the last token of the subject to send to
	epoch   uint64 // of the publisher that it follows; another's, or 0, asks for a hello
	have    uint64 // the last frame that it needs no more of; 0: none
	got     uint64 // bytes of frames received, whatever became of them
	window  uint32 // Config.Window and Frames
	frames  uint32
	ask     bool // for a beat
	lost    bool // what was sent behind have will not do: send that again
	bye     bool
}

const (
	pullMagic   = "SLP1"
	pullSize    = 40 // without the session
	mostSession = 32
)

func (p pull) append(b []byte) []byte {
	le := binary.LittleEndian
	b = append(b, pullMagic...)
	b = append(b, flags(p.ask, p.lost, p.bye), 0, 0, 0)
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
	if len(b) <= pullSize || len(b) > pullSize+mostSession || string(b[:4]) != pullMagic {
		return p, errors.New("not a pull")
	}
	le, f := binary.LittleEndian, b[4]
	p = pull{
		session: string(b[pullSize:]), epoch: le.Uint64(b[8:]), have: le.Uint64(b[16:]), got: le.Uint64(b[24:]),
		window: le.Uint32(b[32:]), frames: le.Uint32(b[36:]), ask: f&1 != 0, lost: f&2 != 0, bye: f&4 != 0,
	}
	if !isToken(p.session) || f > 7 || p.window == 0 || p.frames == 0 {
		return pull{}, errors.New("not a pull: its session, or a window of nothing")
	}
	return p, nil
}

// A beat is a publisher's sign of life. It overtakes frames that wait to be sent, and
// says what has been: that came before the beat, or never will.
type beat struct {
	epoch uint64
	whole uint64 // the last frame that was sent to the end
	sent  uint64 // bytes of frames, as pull.got counts them
	bye   bool   // the publisher ends
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
		return beat{}, errors.New("not a beat: of no epoch")
	}
	return h, nil
}

// A rival is what a publisher that starts asks on its own subject: whether there is
// another one of its name. Who is answers with its hello, or with the magic alone if it
// does not know yet.
const rivalMagic = "SLR1"

func appendRival(b []byte, epoch uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, rivalMagic...), epoch)
}

func parseRival(b []byte) (epoch uint64, ok bool) {
	if len(b) != 12 || string(b[:4]) != rivalMagic {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[4:]), true
}
