//go:build !web

package page

import "io/fs"

func files() (fs.FS, error) { return nil, ErrNone }
