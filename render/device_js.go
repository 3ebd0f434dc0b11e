package render

import (
	"fmt"
	"strings"
	"syscall/js"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

const howToGetOne = "this browser has WebGPU but gives no adapter: update the browser and the graphics driver, and switch on hardware acceleration"

// backendNames are the values of DeviceConfig.Backend. A page has an adapter of the last one only.
var backendNames = []string{"vulkan", "gl", "metal", "dx12", "webgpu"}

// createInstance returns the browser's WebGPU, or says why there is none.
func createInstance() (*wgpu.Instance, error) {
	page := js.Global()
	switch {
	case page.Get("navigator").Truthy() && page.Get("navigator").Get("gpu").Truthy():
	case page.Get("isSecureContext").Type() == js.TypeBoolean && !page.Get("isSecureContext").Bool():
		return nil, fmt.Errorf("%w: browsers give WebGPU only to pages from https and from localhost: open this page by such an address", ErrNoAdapter)
	default:
		return nil, fmt.Errorf("%w: this browser has no WebGPU: take a current Chrome, Edge, Firefox or Safari", ErrNoAdapter)
	}
	return wgpu.CreateInstance(nil), nil
}

func setLogging(bool) {}

// features returns nothing: the binding cannot ask a browser for features.
func features(*wgpu.Adapter) []wgpu.FeatureName { return nil }

// writesTimestamps returns false: the binding has no timestamps in browsers.
func (d *Device) writesTimestamps() bool { return false }

// uploadCosts returns the costs of uploads to the device.
func (d *Device) uploadCosts() upload.Costs {
	if d.Info.Software {
		return upload.DefaultCosts(wgpu.AdapterTypeCPU)
	}
	return upload.DefaultCosts(wgpu.AdapterTypeIntegratedGPU)
}

var adapterObject = handle.In[wgpu.Adapter]("jsValue")

// describe returns what the browser tells about an adapter. The binding's own GetInfo is empty.
func describe(a *wgpu.Adapter) AdapterInfo {
	raw := adapterObject.Of(a).Get("info")
	var words []string
	for _, field := range []string{"vendor", "architecture", "description"} {
		if v := raw.Get(field); v.Truthy() {
			words = append(words, v.String())
		}
	}
	info := AdapterInfo{Name: strings.Join(words, " "), Backend: "webgpu", Type: "other"}
	if raw.Get("isFallbackAdapter").Truthy() || strings.Contains(info.Name, "swiftshader") {
		info.Type, info.Software = "software", true
	}
	return info
}

// madeBy returns true: a browser itself checks which device made an encoder.
func madeBy(*wgpu.CommandEncoder, *wgpu.Device) bool { return true }
