// Package convert writes recordings as MCAP files that other viewers read: Foxglove and Rerun.
//
// A recording has messages of slotstream's own kind, which only slotstream reads. The file that Run writes has messages
// of Foxglove's schemas instead, in protobuf, which is the encoding of them that Rerun reads too:
//
//	/tf             foxglove.FrameTransforms   the frame of each name, once, in the frame "world", whose z is up
//	/NAME/scene     foxglove.SceneUpdate       cubes, balls or lines, with sizes and colours: for Foxglove
//	/NAME/poses     foxglove.PosesInFrame      places and quaternions: for Foxglove and Rerun
//	/NAME/points    foxglove.PointCloud        the points of an arena of render.Point: for both
//
// NAME is the name of a writer. If the recording lists no writers, it is the name of the recording's file. It is also
// the name of the entity and of its frame. Each frame of the recording in which slots of a writer changed becomes a
// message on each of the writer's channels, at the frame's time. A writer whose slots are freed ends with a
// SceneEntityDeletion and no poses. Slots that show nothing, freed ones for example, are left out: the n-th pose is
// not always slot n of the writer. Colours, unit, up axis and balls are as the metadata of the writer say (see
// package framing). The metadata itself goes to metadata records.
//
// Some things have no place in those schemas. A Motion becomes the pose that it goes to, without the blend. A matrix
// that shears loses the shear. A mesh other than the sphere becomes the cube of its size. Bodies for which neither the
// slot nor the metadata has a colour get one that is the same for all.
package convert

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/slotstream/slotstream/arena/record"
	"github.com/slotstream/slotstream/cmd/internal/cli"
	"github.com/slotstream/slotstream/cmd/internal/recording"
	"github.com/slotstream/slotstream/render/wholefile"
)

const usage = `usage: slotview convert IN.mcap OUT.mcap

Writes the recording IN as an MCAP file that other viewers read. Foxglove shows its
channels /NAME/scene, Rerun its channels /NAME/poses. OUT must not exist.
`

// Run is the subcommand: args are what follows its name. It returns flag.ErrHelp after a call for help. Every error is
// one sentence.
func Run(ctx context.Context, args []string, stdout io.Writer) error {
	files, err := cli.Subcommand(usage, args, stdout)
	if err != nil {
		return err
	}
	said, err := File(ctx, files[0], files[1])
	if said != "" {
		fmt.Fprintln(stdout, said)
	}
	if err != nil {
		return fmt.Errorf("convert: %w", err)
	}
	return nil
}

// File converts the recording in to a new file out, and returns a text that says what is in it. The file appears as a
// whole, or not at all. If parts of the recording are damaged, the file has all moments that are not, and File returns
// an error that wraps record.ErrDamaged beside the text. File holds one moment of the recording in memory.
func File(ctx context.Context, in, out string) (said string, err error) {
	if info, err := os.Lstat(out); err == nil && (info.Mode().IsRegular() || info.IsDir() || info.Mode()&os.ModeSymlink != 0) {
		return "", fmt.Errorf("%s exists already: remove it, or choose another name", out)
	}
	file, rec, err := recording.Open(in)
	if err != nil {
		return "", fmt.Errorf("%s: %w", in, err)
	}
	defer file.Close()
	s, err := newScene(rec)
	if err != nil {
		return "", fmt.Errorf("%s: %w", in, err)
	}
	defer s.close()
	name := strings.TrimSuffix(filepath.Base(in), filepath.Ext(in))
	w := writer{scene: s, rec: rec, casts: castsOf(rec, name)}
	if err := wholefile.Write(out, func(to io.Writer) error {
		if err := w.write(ctx, to); err != nil {
			return fmt.Errorf("%s: %w", in, err)
		}
		return nil
	}); err != nil {
		return "", err
	}
	said = fmt.Sprintf("%s: %d moments in %d messages: %s", out, w.moments, w.messages, w.topics())
	if rec.Truncated() {
		said += fmt.Sprintf("\n%s has no sound end, as if its program was killed: converted to its last whole chunk", in)
	}
	if w.damage != nil {
		return said, fmt.Errorf("%s is damaged, and moments are missing in %s: %w", in, out, w.damage)
	}
	return said, nil
}

// time is the time of a frame on the clock of the file, which has no times below 0: the recorder's time, or the time
// since the first frame where the recorder's clock begins below 0.
func (w *writer) time(f record.Frame) time.Duration { return max(w.rec.Start(), 0) + f.Time }
