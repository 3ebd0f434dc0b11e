package meshfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A Format is a format of files, by its usual extension.
type Format string

// The formats. GLTF and GLB each stand for both forms of glTF, JSON and binary, and STL for both forms of STL.
const (
	GLB  Format = "glb"
	GLTF Format = "gltf"
	OBJ  Format = "obj"
	PLY  Format = "ply"
	STL  Format = "stl"
)

// Load reads a file whose format is its extension, in small or capital letters. Files that it names, buffers,
// textures and materials, are read from its folder and the folders in there.
//
// An error says what is wrong in the file, or what this package does not read.
func Load(name string) (*Model, error) {
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("meshfile: %w", err)
	}
	defer folder.Close()
	files := folder.FS()
	data, err := fs.ReadFile(files, filepath.Base(name))
	if err != nil {
		return nil, fmt.Errorf("meshfile: %w", err)
	}
	model, err := read(data, Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))), files)
	if err != nil {
		return nil, fmt.Errorf("meshfile: %s: %w", name, err)
	}
	return model, nil
}

// Read reads a model of a format from r, to the end. The model must be whole: an error says so where it names other
// files.
func Read(r io.Reader, f Format) (*Model, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("meshfile: %w", err)
	}
	model, err := read(data, f, nil)
	if err != nil {
		return nil, fmt.Errorf("meshfile: %s: %w", f, err)
	}
	return model, nil
}

// read reads a model. files are those that it may name; nil: none.
func read(data []byte, f Format, files fs.FS) (*Model, error) {
	var parts []Part
	var err error
	switch f {
	case GLB, GLTF:
		parts, err = readGLTF(data, files)
	case OBJ:
		parts, err = readOBJ(data, files)
	case PLY:
		parts, err = readPLY(data)
	case STL:
		parts, err = readSTL(data)
	default:
		return nil, fmt.Errorf("unknown format %q: use glb, gltf, obj, ply or stl", f)
	}
	if err != nil {
		return nil, err
	}
	kept := parts[:0]
	for _, p := range parts {
		if len(p.Indices) > 0 {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return nil, errors.New("no triangles: points, lines and clouds of points are not meshes")
	}
	return &Model{Parts: kept}, nil
}

// open returns a file that the model names.
func open(files fs.FS, name string) ([]byte, error) {
	if files == nil {
		return nil, fmt.Errorf("the file %q is needed, too: use Load, which knows the folder", name)
	}
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if !fs.ValidPath(clean) {
		return nil, fmt.Errorf("the file %q lies outside of the model's folder: put it there, and name it without a folder", name)
	}
	return fs.ReadFile(files, clean)
}
