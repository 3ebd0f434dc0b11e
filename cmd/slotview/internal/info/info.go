// Package info tells what is in a recording, on a page.
package info

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/framing"
	"github.com/slotstream/slotstream/cmd/internal/recording"
	"github.com/slotstream/slotstream/cmd/internal/words"
)

const usage = `usage: slotview info FILE.mcap

Prints what is in a recording: times, ticks, groups, slots, metadata and sizes, and
whether it ended well. It reads the whole file, and checks every frame.
`

// Run is the subcommand: args are what follows its name. It returns flag.ErrHelp after a call for help. Every error is
// one sentence. If a part of the recording is damaged, Run prints the page, and returns an error, too.
func Run(ctx context.Context, args []string, stdout io.Writer) error {
	files, err := cli.Subcommand(usage, args, stdout)
	if err != nil {
		return err
	}
	path := files[0]
	file, rec, err := recording.Open(path)
	if err != nil {
		return fmt.Errorf("info: %s: %w", path, err)
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return fmt.Errorf("info: %w", err)
	}
	t, err := count(ctx, rec)
	if err != nil {
		return fmt.Errorf("info: %s: %w", path, err)
	}
	w, err := walk(file, stat.Size())
	if err != nil {
		return fmt.Errorf("info: %s: %w", path, err)
	}
	if err := page(stdout, path, stat.Size(), rec, t, w); err != nil {
		return fmt.Errorf("info: cannot write stdout: %w", err)
	}
	if len(t.damages) > 0 {
		return fmt.Errorf("info: %s is damaged: %w", path, t.damages[0])
	}
	return nil
}

// page prints the page.
func page(stdout io.Writer, path string, size int64, rec *record.Recording, t *tally, w *contents) error {
	tab := tabwriter.NewWriter(stdout, 0, 0, 3, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(tab, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}

	row("file", "%s, %s", path, words.Bytes(size))
	row("end", "%s", ending(rec, t))
	row("time", "%v, from %v to %v on the recorder's clock", short(rec.Duration()), short(rec.Start()), short(rec.Start()+rec.Duration()))
	rate := ""
	if t.frames > 1 && t.last > t.first {
		rate = fmt.Sprintf(", %.4g a second", float64(t.frames-1)/(t.last-t.first).Seconds())
	}
	row("frames", "%s%s; %s", words.Count(t.frames), rate, words.Plural(t.keys, "key frame"))
	row("slots", "%s at most, each %s", words.Count(t.slots), meaning(rec.Layout()))
	if deltas := t.frames - t.keys; deltas > 0 {
		row("changes", "%s a frame on average, %s at most", words.Plural(t.changed/deltas, "slot"), words.Count(t.most))
	}

	writers := map[uint64]string{} // by group
	for _, d := range rec.Descriptions() {
		for _, w := range framing.Writers(d.Metadata) {
			writers[w.Group] = w.Name
		}
	}
	row("groups", "%d", len(t.groups))
	list(t.groupNumbers(), row, func(n uint64) (string, string) {
		g := t.groups[n]
		name := fmt.Sprintf("group %d", n)
		if w := writers[n]; w != "" {
			name += " (" + cut(w) + ")"
		}
		return name, fmt.Sprintf("%s, number %d to %d, time %v to %v",
			words.Plural(g.ticks, "tick"), g.first.Number, g.last.Number, short(g.first.Time), short(g.last.Time))
	})
	meta := rec.Metadata()
	replaced := ""
	if n := len(rec.Descriptions()) - 1; n > 0 {
		replaced = fmt.Sprintf(" at the beginning, replaced %s", words.Plural(n, "time"))
	}
	row("metadata", "%s%s", words.Plural(len(meta), "value"), replaced)
	list(slices.Sorted(maps.Keys(meta)), row, func(key string) (string, string) { return key, cut(meta[key]) })

	row("channels", "%d", len(w.channels))
	list(w.channels, row, func(c *channel) (string, string) {
		size := ""
		switch c.topic {
		case keyTopic:
			c.messages, size = t.keys, words.Bytes(t.keyBytes)+" before compression"
		case deltaTopic:
			c.messages, size = t.frames-t.keys, words.Bytes(t.bytes-t.keyBytes)+" before compression"
		}
		return cut(c.topic), strings.TrimSuffix(words.Plural(c.messages, "message")+", "+size, ", ")
	})
	row("chunks", "%d", w.chunks)
	list(slices.Sorted(maps.Keys(w.packings)), row, func(name string) (string, string) {
		p := w.packings[name]
		if name == "" {
			return "not compressed", fmt.Sprintf("%s, %s", words.Plural(p.chunks, "chunk"), words.Bytes(p.packed))
		}
		return "by " + cut(name), fmt.Sprintf("%s, %s, compressed to %s (%.0f%%)",
			words.Plural(p.chunks, "chunk"), words.Bytes(p.unpacked), words.Bytes(p.packed), 100*float64(p.packed)/float64(max(p.unpacked, 1)))
	})
	return tab.Flush()
}

// The topics of a recorder's channels.
const keyTopic, deltaTopic = "/slots/key", "/slots/delta"

// list prints a row for each thing, and no more than a page has room for.
func list[T any](all []T, row func(name, format string, args ...any), text func(T) (name, value string)) {
	const most = 16
	for i, x := range all {
		if i == most {
			row("", "and %s more", words.Count(len(all)-most))
			return
		}
		name, value := text(x)
		row("  "+name, "%s", value)
	}
}

// cut returns a text that fits into a row.
func cut(text string) string {
	const most = 80
	clean := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text))
	if len(clean) > most {
		return fmt.Sprintf("%s… (%s)", string(clean[:most]), words.Bytes(len(text)))
	}
	return string(clean)
}

// ending says whether the recording ended well.
func ending(rec *record.Recording, t *tally) string {
	switch {
	case len(t.damages) > 0:
		all := make([]string, len(t.damages))
		for i, err := range t.damages {
			all[i] = strings.TrimPrefix(err.Error(), record.ErrDamaged.Error()+": ")
		}
		return "DAMAGED: " + strings.Join(all, "; ")
	case rec.Truncated():
		return "cut off, as if its program was killed: it plays to its last whole chunk"
	}
	return "complete"
}

// short formats a time without digits that nobody reads.
func short(d time.Duration) string {
	switch abs := d.Abs(); {
	case abs >= time.Second:
		return d.Round(time.Millisecond).String()
	case abs >= time.Millisecond:
		return d.Round(time.Microsecond).String()
	}
	return d.String()
}

// meanings has words for the layouts that slotview draws.
var meanings = map[string]string{
	"16float32":                  "mgl32.Mat4",
	"20float32":                  "render.Instance, a matrix and a colour",
	"3float32 1uint32 12float32": "render.Motion",
	"3float32 1uint32 16float32": "render.MotionInstance, a motion and a colour",
	"8float32 8uint8 2uint32":    "render.Line",
	"5float32 4uint8 2uint32":    "render.Point",
}

// meaning describes a layout.
func meaning(layout string) string {
	if m, ok := meanings[layout]; ok {
		return fmt.Sprintf("%s (%s)", layout, m)
	}
	return layout
}
