package recording

import (
	"errors"
	"os"

	"github.com/slotstream/slotstream/arena/record"
)

// Open opens a recording to read it. Close the file when the recording is not needed any more. Errors do not name the
// path.
func Open(path string) (*os.File, *record.Recording, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, nil, errors.Unwrap(err) // without the path
	case info.IsDir():
		return nil, nil, errors.New("is a directory: name a recording in it")
	case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
		return nil, nil, errors.New("not a file: save the recording to a file first")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, errors.Unwrap(err)
	}
	if info, err = file.Stat(); err == nil {
		var rec *record.Recording
		if rec, err = record.Open(file, info.Size()); err == nil {
			return file, rec, nil
		}
	}
	file.Close()
	return nil, nil, err
}
