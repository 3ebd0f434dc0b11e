// Package record writes what an arena shows into a file while it runs, and plays it back
// into an arena: any moment, at any speed, forwards and backwards.
//
//	r, err := record.NewRecorder(file, a, record.Config{})
//	for each frame {
//		a.Descend()
//		err = r.Append()
//	}
//	err = r.Close()
//
//	rec, err := record.Open(file, size)
//	p, err := record.NewPlayer(rec, another)
//	err = p.Seek(47 * time.Minute)
//
// # The file
//
// It is MCAP (https://mcap.dev), which other tools open, too: chunks packed by
// Zstandard, each with a checksum, and an index at the end. A message is a frame of
// package wire: all that changed since the frame before, so a tick that an arena's Group
// committed is one frame, and comes back whole. Every few seconds, and sooner where all
// slots move, a key frame holds all of them, in front of a chunk, and Seek begins at the
// one before the moment.
//
// Of github.com/foxglove/mcap the writer and the parsers are used; its reader is not,
// because it believes the numbers that it finds in a file. Here a chunk is read and unpacked that says a gibibyte at
// most, no number makes memory by itself, and every checksum is looked at.
//
// # What is promised when what fails
//
// The disk is slow: Append never waits for it. Two frames wait in memory; what changes
// meanwhile is joined, and goes with the next frame that has room (Stats.Conflated counts
// them). The file has fewer moments, and each of them whole. What runs in lockstep, and wants
// every tick in the file, waits itself (Recorder.Wait).
//
// The disk is full, or gone: Append and Close return the error, the recording has ended,
// and what was written before plays.
//
// The process is killed: the file plays to its last whole chunk. A chunk is closed
// Config.Chunk after it was begun, half a second if left out, and that is what is lost.
//
// The file is damaged: the checksums of the chunk and of the index tell, and so does the count of frames.
// Seek shows the last moment before it, returns an error that wraps ErrDamaged, and plays
// on from the next key frame. A file that ends too early says so (Recording.Cut).
package record
