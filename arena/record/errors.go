package record

import "errors"

var (
	// ErrClosed is returned by Append after Recorder.Close and by Seek after Player.Close.
	ErrClosed = errors.New("record: closed")

	// ErrDamaged is wrapped by Seek's error if a part of the file has other bytes than were
	// written.
	ErrDamaged = errors.New("record: damaged")

	// ErrNotRecording is wrapped by Open's error if a file is not a recording of this package.
	ErrNotRecording = errors.New("record: not a recording")
)
