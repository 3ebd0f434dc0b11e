// Package options reads and checks slotview's command line before anything is opened.
package options

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slotstream/slotstream/arena/relay"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/render/wholefile"
)

// Options is the command line: a configuration for each part of the program. Parse has checked every field.
type Options struct {
	Sources Sources
	Record  string // a file
	Video   string // a file, or a folder
	FPS     int
	Picture cli.Picture
	GPU     cli.GPU
	Network cli.Network
	Program cli.Program
}

// Sources say what to show.
type Sources struct {
	Shared   bool   // what processes of this machine write into shared memory
	Address  string // where they connect; empty: the default
	Files    []string
	Server   string   // a NATS server
	Follow   []string // names there; nil: all that it has when the program begins
	From     float64  // seconds of the recordings
	Speed    float64
	Loop     bool
	Together bool
	Meshes   map[string]string
}

// MaxSpeed is the most that -speed takes, forwards and backwards.
const MaxSpeed = 1000

// The text of -help around the flags.
const (
	head = "slotview shows slots: those that processes of this machine write into shared memory, recordings, and what other\n" +
		"processes publish. It draws them in a window, or in a picture where there is no display.\n\n" +
		"Usage: slotview [flags] [FILE.mcap ...] [nats://TOKEN@HOST:PORT [NAME ...]]\n" +
		"       slotview info FILE.mcap               says what is in a recording\n" +
		"       slotview convert IN.mcap OUT.mcap     writes a recording for Foxglove and Rerun\n\n" +
		"Without an argument it waits for writers in shared memory.\n"
	tail = "\nExit status: 0 success, 1 failure, 2 wrong flag or argument.\n" +
		"Ctrl-C completes the files and ends the program, a second Ctrl-C ends it at once.\n"
)

func (o *Options) flags() (groups cli.Groups) {
	s := &o.Sources
	fs := groups.Group("What is shown")
	fs.Func("shared", "show what processes write into shared memory at the socket `ADDRESS`, beside other sources (default: "+
		"$SLOTSTREAM_SOCKET, or slotstream.sock in $XDG_RUNTIME_DIR)", func(address string) error {
		if s.Shared, s.Address = true, address; address == "" {
			return errors.New("want the path of a socket")
		}
		return nil
	})
	fs.Float64Var(&s.From, "from", 0, "begin recordings at `SECONDS`; after the end of a recording, show its last moment")
	fs.Float64Var(&s.Speed, "speed", 1, fmt.Sprintf("play recordings `TIMES` as fast, up to %d; a negative number plays backwards", MaxSpeed))
	fs.BoolVar(&s.Loop, "loop", false, "play recordings again when they end")
	apart := fs.Bool("apart", true, "show several sources beside each other")
	fs.BoolFunc("together", "show several sources on top of each other, in one world", func(text string) error {
		s.Together = text == "true"
		*apart = !s.Together
		return nil
	})
	fs.Func("mesh", "let the source or the writer NAME show the mesh of a file, `NAME=FILE`, or cube, sphere or arrow; give it once for each name",
		func(text string) error {
			name, file, ok := strings.Cut(text, "=")
			if !ok || name == "" || file == "" {
				return errors.New("want NAME=FILE, such as robot=robot.glb")
			}
			if s.Meshes == nil {
				s.Meshes = map[string]string{}
			}
			s.Meshes[name] = file
			return nil
		})

	o.Picture.Flags(groups.Group("The picture"), "1 picture of recordings with -offscreen", "slots.png", "")
	o.GPU.Flags(groups.Group("The GPU"))

	fs = groups.Group("Where else it goes")
	fs.StringVar(&o.Record, "record", "", "record the slots to `FILE.mcap`, or to stdout if it is -")
	o.Network.Flags(fs, "the slots")
	fs.StringVar(&o.Video, "video", "", "draw a video, offscreen, to `FILE.mp4|.webm|.gif` by ffmpeg, or to a folder DIR/ of pictures; "+
		"of sources that are live, it has -frames frames of the time on their own clocks")
	fs.IntVar(&o.FPS, "fps", 30, "let -video have `N` frames a second, from 1 to 240")

	o.Program.Flags(groups.Group("The program"))
	return groups
}

// Parse reads the command line. An error is a UsageError, or flag.ErrHelp after Parse has written the help to out.
func Parse(args []string, out io.Writer) (o Options, err error) {
	given, rest, err := o.flags().Parse(args, out, head, tail)
	if err != nil {
		return o, err
	}
	if err := o.Sources.take(rest); err != nil {
		return o, err
	}
	return o, o.check(given)
}

// take sorts the arguments: files, and a server with the names behind it.
func (s *Sources) take(args []string) error {
	for _, a := range args {
		switch {
		case strings.Contains(a, "://"):
			if s.Server != "" {
				return cli.Usagef("%s: follow one server at a time: leave one of them out", a)
			}
			if err := cli.CheckServer(a); err != nil {
				return err
			}
			s.Server = a
		case filepath.Ext(a) == ".mcap":
			s.Files = append(s.Files, a)
		case s.Server != "":
			if err := relay.CheckName(a); err != nil {
				return cli.Usagef("%w", err)
			}
			if slices.Contains(s.Follow, a) {
				return cli.Usagef("%s is there twice", a)
			}
			s.Follow = append(s.Follow, a)
		default:
			return cli.Usagef("%q: want a recording, FILE.mcap, or the URL of a server, nats://TOKEN@HOST:PORT, and names behind it", a)
		}
	}
	s.Shared = s.Shared || len(args) == 0
	return nil
}

// check refuses values out of range, and flags that exclude each other.
func (o *Options) check(given map[string]bool) error {
	s := &o.Sources
	for _, check := range []func() error{func() error { return o.Picture.Check(given) }, o.GPU.Check, func() error { return o.Network.Check(given) }} {
		if err := check(); err != nil {
			return err
		}
	}
	for _, name := range []string{"from", "speed", "loop"} {
		if given[name] && len(s.Files) == 0 {
			return cli.Usagef("-%s is for recordings: name one, FILE.mcap", name)
		}
	}
	switch {
	case !(s.From >= 0) || math.IsInf(s.From, 1):
		return cli.Usagef("-from %v: want seconds, 0 or more", s.From)
	case !(math.Abs(s.Speed) <= MaxSpeed) || s.Speed == 0:
		return cli.Usagef("-speed %v: want -%d to %d, and not 0", s.Speed, MaxSpeed, MaxSpeed)
	}
	switch live := s.Shared || s.Server != ""; {
	case given["video"] && o.Video == "":
		return cli.Usagef("-video \"\": want the name of a file or a folder")
	case given["fps"] && o.Video == "":
		return cli.Usagef("-fps is for -video")
	case o.FPS < 1 || o.FPS > 240:
		return cli.Usagef("-fps %d: want 1 to 240", o.FPS)
	case o.Video != "" && live && o.Picture.Frames == 0:
		return cli.Usagef("-video of sources that go on needs -frames: how many frames to draw")
	case o.Video != "" && (o.Picture.Window || o.Record != "" || o.Network.Publish != ""):
		return cli.Usagef("-video draws by itself, offscreen: leave -window, -record, -publish and -web out")
	case o.Video != "" && s.Loop:
		return cli.Usagef("-loop has no end, and a video has one: leave one of them out")
	}
	for _, out := range o.outputs() {
		for _, file := range s.Files {
			if out.Path != "" && wholefile.Same(out.Path, file) {
				return cli.Usagef("%s would overwrite %s, which is played: name another file", out.Flag, file)
			}
		}
	}
	return o.outputs().Check(given)
}

// outputs returns the files that the flags name.
func (o *Options) outputs() cli.Outputs {
	return cli.Outputs{
		{Flag: "-record", Path: o.Record}, {Flag: "-screenshot", Path: o.Picture.Screenshot},
		{Flag: "-cpuprofile", Path: o.Program.CPUProfile}, {Flag: "-trace", Path: o.Program.Trace},
	}
}

// ToStdout reports whether an output goes to stdout, under any name. Then texts for the user go to stderr.
func (o *Options) ToStdout() bool { return o.outputs().ToStdout() }
