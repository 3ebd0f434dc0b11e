//go:build cgo

package upload

// "go mod vendor" copies the folders of packages that somebody imports, and the binding forgets these two of its
// libraries: a vendored program would not link on linux/arm64 and windows/arm64. The packages are empty.
import (
	_ "github.com/cogentcore/webgpu/wgpu/lib/linux/arm64"
	_ "github.com/cogentcore/webgpu/wgpu/lib/windows/arm64"
)
