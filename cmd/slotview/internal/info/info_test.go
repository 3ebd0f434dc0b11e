package info_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/slotstream/slotstream/arena"
	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/slotview/internal/info"
	"github.com/slotstream/slotstream/render"
)

// recorded records 9 seconds of two groups: of 100 slots ten times a second, and of 20 slots once a second.
func recorded[T any](t *testing.T) []byte {
	t.Helper()
	a, err := arena.New(arena.Config[T]{})
	if err != nil {
		t.Fatal(err)
	}
	fast, slow := a.NewGroup(), a.NewGroup()
	many, err := fast.AllocSpan(100, *new(T))
	if err != nil {
		t.Fatal(err)
	}
	few, err := slow.AllocSpan(20, *new(T))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	now := time.Duration(0)
	// A chunk of a minute is ended by key frames only, not by the real time that the test takes.
	r, err := record.NewRecorder(&file, a, record.Config{Keyframe: 3 * time.Second, Chunk: time.Minute, Clock: func() time.Duration { return now },
		Metadata: map[string]string{"up": `"z"`, "names": strings.Repeat("long\n", 100)}})
	if err != nil {
		t.Fatal(err)
	}
	var value T
	for n := range 90 {
		now = time.Duration(n) * 100 * time.Millisecond
		for i := range 10 {
			many.Set(i, &value)
		}
		fast.Commit(arena.Tick{Number: uint64(1000 + n), Time: now})
		if n%10 == 0 {
			for i := range 20 {
				few.Set(i, &value)
			}
			slow.Commit(arena.Tick{Number: uint64(n/10 + 1), Time: now})
		}
		a.Descend()
		if err := r.Append(); err != nil {
			t.Fatal(err)
		}
		r.Wait()
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// told writes a file and returns what the subcommand prints of it.
func told(t *testing.T, file []byte) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mcap")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := info.Run(t.Context(), []string{path}, &out)
	return strings.ReplaceAll(out.String(), path, "a.mcap"), err
}

// sizes are the numbers that depend on how well zstd compresses.
var sizes = regexp.MustCompile(`(a\.mcap, |compressed to )[0-9.]+ KiB( \([0-9]+%\))?`)

// The page has all that was recorded.
func TestPage(t *testing.T) {
	t.Parallel()
	page, err := told(t, recorded[mgl32.Mat4](t))
	if err != nil {
		t.Fatal(err)
	}
	const want = `
file             a.mcap, N
end              complete
time             8.9s, from 0s to 8.9s on the recorder's clock
frames           90, 10 a second; 3 key frames
slots            120 at most, each 16float32 (mgl32.Mat4)
changes          11 slots a frame on average, 30 at most
groups           2
  group 1        90 ticks, number 1000 to 1089, time 0s to 8.9s
  group 2        9 ticks, number 1 to 9, time 0s to 8s
metadata         2 values
  names          long long long long long long long long long long long long long long long long … (500 B)
  up             "z"
channels         2
  /slots/key     3 messages, 22.8 KiB before compression
  /slots/delta   87 messages, 70.0 KiB before compression
chunks           3
  by zstd        3 chunks, 95.5 KiB, compressed to N
`
	if got := "\n" + sizes.ReplaceAllString(page, "${1}N"); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}

// The words for layouts are those of the types that render draws.
func TestLayouts(t *testing.T) {
	t.Parallel()
	for want, file := range map[string][]byte{
		"(mgl32.Mat4)": recorded[mgl32.Mat4](t), "(render.Instance, ": recorded[render.Instance](t), "(render.Motion)": recorded[render.Motion](t),
		"(render.MotionInstance, ": recorded[render.MotionInstance](t), "(render.Line)": recorded[render.Line](t),
		"(render.Point)": recorded[render.Point](t), "each 3float32 1int32\n": recorded[struct {
			_ [3]float32
			_ int32
		}](t),
	} {
		if page, err := told(t, file); err != nil || !strings.Contains(page, want) {
			t.Errorf("%v, no %q in\n%s", err, want, page)
		}
	}
}

// The page of a damaged recording says where the damage is, and so does the error. A recording that was cut off is no
// error, and its page says it.
func TestDamage(t *testing.T) {
	t.Parallel()
	file := recorded[mgl32.Mat4](t)
	damaged := bytes.Clone(file)
	damaged[len(file)/2] ^= 0x55
	page, err := told(t, damaged)
	if !errors.Is(err, record.ErrDamaged) || !strings.Contains(err.Error(), "a.mcap is damaged: ") || strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
	if !strings.Contains(page, "end              DAMAGED: the chunk from 3s on: ") || !strings.Contains(page, "frames           60, ") {
		t.Errorf("\n%s", page)
	}
	if page, err := told(t, file[:len(file)-5]); err != nil || !strings.Contains(page, "cut off, as if its program was killed") || !strings.Contains(page, "frames           90, ") {
		t.Errorf("%v\n%s", err, page)
	}
}

// A file that somebody made to do harm gets a page or an error of one line.
func TestHostile(t *testing.T) {
	t.Parallel()
	file := recorded[mgl32.Mat4](t)
	for at := 0; at < len(file); at += 1 + at/97 {
		for _, b := range []byte{0xff, 0x00, file[at] ^ 0x80} {
			bad := bytes.Clone(file)
			bad[at] = b
			if _, err := told(t, bad); err != nil && strings.Contains(err.Error(), "\n") {
				t.Fatal(err)
			}
		}
	}
}

// What is no recording is an error of one line that says what to do.
func TestErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.mcap")
	if err := os.WriteFile(text, []byte("a text, not a recording"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "0 arguments: want one file"},
		{[]string{text, text}, "2 arguments: want one file"},
		{[]string{"-x"}, "flag provided but not defined: -x: slotview info -h"},
		{[]string{filepath.Join(dir, "none")}, "none: no such file"},
		{[]string{dir}, "is a directory"},
		{[]string{os.DevNull}, "not a file"}, // as a pipe, which would be waited for
		{[]string{text}, "text.mcap: record: not a recording"},
	} {
		var out bytes.Buffer
		err := info.Run(t.Context(), c.args, &out)
		if err == nil || !strings.HasPrefix(err.Error(), "info: ") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || out.Len() > 0 {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
	var help bytes.Buffer
	if err := info.Run(t.Context(), []string{"-h"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.HasPrefix(help.String(), "usage: slotview info ") {
		t.Errorf("%v: %s", err, help.String())
	}
	good := filepath.Join(dir, "good.mcap")
	if err := os.WriteFile(good, recorded[mgl32.Mat4](t), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := info.Run(t.Context(), []string{good}, full{}); err == nil || !strings.Contains(err.Error(), "cannot write stdout: no space") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := info.Run(ctx, []string{good}, io.Discard); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Error(err)
	}
}

// full is a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }
