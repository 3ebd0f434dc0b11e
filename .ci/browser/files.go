package main

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
)

// files is the program's file system: page.html makes Go's calls of Node's fs into requests of whole files.
func files(w http.ResponseWriter, r *http.Request) {
	path := r.FormValue("path")
	var answer any
	var err error
	switch r.PathValue("op") {
	case "read":
		var b []byte
		if b, err = os.ReadFile(path); err == nil {
			w.Write(b)
			return
		}
	case "write":
		var b []byte
		if b, err = io.ReadAll(r.Body); err == nil {
			err = os.WriteFile(path, b, 0o644)
		}
	case "stat":
		answer, err = stat(os.Stat(path))
	case "lstat":
		answer, err = stat(os.Lstat(path))
	case "readdir":
		names := []string{}
		var entries []fs.DirEntry
		entries, err = os.ReadDir(path)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		answer = names
	case "mkdir":
		err = os.Mkdir(path, 0o755)
	case "remove":
		err = os.Remove(path)
	case "rename":
		err = os.Rename(path, r.FormValue("to"))
	case "readlink":
		answer, err = os.Readlink(path)
	default:
		err = errors.ErrUnsupported
	}
	if err != nil {
		http.Error(w, code(err), http.StatusBadRequest)
		return
	}
	json.NewEncoder(w).Encode(answer)
}

// code is Node's name of an error.
func code(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "ENOENT"
	case errors.Is(err, fs.ErrExist):
		return "EEXIST"
	case errors.Is(err, fs.ErrPermission):
		return "EACCES"
	case errors.Is(err, errors.ErrUnsupported):
		return "ENOSYS"
	}
	return "EIO"
}

// stat is what Go reads of Node's fs.Stats.
func stat(i fs.FileInfo, err error) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	const file, dir, link = 0o100000, 0o040000, 0o120000
	kind := uint32(file)
	switch {
	case i.IsDir():
		kind = dir
	case i.Mode()&fs.ModeSymlink != 0:
		kind = link
	}
	ms := i.ModTime().UnixMilli()
	return map[string]any{
		"mode": kind | uint32(i.Mode().Perm()), "size": i.Size(), "mtimeMs": ms, "atimeMs": ms, "ctimeMs": ms,
		"dev": 1, "ino": 1, "nlink": 1, "uid": 0, "gid": 0, "rdev": 0, "blksize": 4096, "blocks": i.Size()/512 + 1,
	}, nil
}
