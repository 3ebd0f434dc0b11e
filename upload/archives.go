//go:build cgo && !js

package upload

// "go mod vendor" copies only folders of packages that are imported. The binding does not import two of its own library
// folders, so a vendored program would not link on linux/arm64 and windows/arm64. The packages are empty.
import (
	_ "github.com/cogentcore/webgpu/wgpu/lib/linux/arm64"
	_ "github.com/cogentcore/webgpu/wgpu/lib/windows/arm64"
)
