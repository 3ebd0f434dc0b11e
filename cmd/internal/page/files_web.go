//go:build web

package page

import (
	"embed"
	"io/fs"
)

//go:embed built
var built embed.FS

func files() (fs.FS, error) { return fs.Sub(built, "built") }
