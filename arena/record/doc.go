// Package record writes what an arena shows to a file while the program runs, and plays
// the file into an arena later: any moment, at any speed, forwards and backwards.
//
//	r, err := record.NewRecorder(file, a, record.Config{})
//	for each frame {
//		a.Descend()
//		err = r.Append()
//	}
//	err = r.Close()
//
//	rec, err := record.Open(file, size)
//	p, err := record.NewPlayer(rec, b) // b is another arena, of the same type of slots
//	err = p.Seek(47 * time.Minute)
//	b.Descend()
//
// A Ring takes the place of the file if only the last minute matters: it lies in memory, and
// forgets the oldest frames.
//
// # What a recording holds
//
// A recording is a sequence of frames. Each Append that finds changes makes one frame: the
// slots that changed since the frame before, and the tick of each group that committed.
// With its frames before, a frame gives one moment of the arena, and no part of a tick is
// missing. Every few seconds, and sooner if many slots move, a frame is a key frame. It
// holds all slots and all ticks, and Seek begins at the last key frame before the moment.
//
// The file is MCAP (https://mcap.dev), which other tools can read. It has chunks of frames,
// compressed by Zstandard, each with a checksum, and an index at the end. Metadata records say
// what the slots are, from which moment on (Recording.Descriptions). Package
// arena/internal/wire describes a frame. Open also takes files that an MCAP tool has
// rewritten: filtered, sorted, without checksums or an index, in chunks of another size,
// compressed by LZ4 or not at all. The tool must keep the metadata records.
//
// # When something fails
//
//	the disk is slow        Append does not wait for it. Two frames wait in memory; later
//	                        changes merge into one frame (Stats.Conflated). The file has
//	                        fewer moments, each of them whole. To have every tick in the
//	                        file, call Wait before the next tick.
//	the disk is full        Append and Close return the error, and the recording has ended.
//	                        The file plays up to there.
//	the process is killed   The file plays up to its last whole chunk: at most Config.Chunk
//	                        is lost, by default half a second. Recording.Truncated reports it.
//	the file is damaged     Checksums find it. Seek shows the last moment before the damage
//	                        and returns an error that wraps ErrDamaged. From the next key
//	                        frame on, the file plays again.
//
// A damaged or hostile file cannot make a Player allocate more than a gibibyte.
package record
