//go:build cgo && !js

package render

import (
	"os"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload"
	"github.com/slotstream/slotstream/upload/gpu/handle"
)

const howToGetOne = "install a graphics driver, or software Vulkan (mesa-vulkan-drivers on Debian and Ubuntu, vulkan-swrast on Arch)"

// setLogging sets how much wgpu prints, and switches the validation layer on.
func setLogging(validation bool) {
	if !validation {
		wgpu.SetLogLevel(wgpu.LogLevelOff) // the binding returns wgpu's errors
		return
	}
	wgpu.SetLogLevel(wgpu.LogLevelWarn)
	// In a cgo program Setenv sets C's environment, too, which the Vulkan loader reads. If the pattern matches no layer,
	// that is no error; a name in VK_INSTANCE_LAYERS that is missing would be one.
	os.Setenv("VK_LOADER_LAYERS_ENABLE", "*validation*")
}

// backendNames are the values of DeviceConfig.Backend.
var backendNames = []string{"vulkan", "gl", "metal", "dx12"}

var backends = map[wgpu.BackendType]string{
	wgpu.BackendTypeVulkan: backendNames[0], wgpu.BackendTypeOpenGLES: backendNames[1], wgpu.BackendTypeOpenGL: backendNames[1],
	wgpu.BackendTypeMetal: backendNames[2], wgpu.BackendTypeD3D12: backendNames[3],
}

func describe(a *wgpu.Adapter) AdapterInfo {
	raw := a.GetInfo()
	// wgpu-native 22.1 has the device's name in the description, and its number in the name.
	info := AdapterInfo{Name: raw.DriverDescription, Backend: backends[raw.BackendType], Type: "other"}
	switch raw.AdapterType {
	case wgpu.AdapterTypeDiscreteGPU:
		info.Type = "discrete"
	case wgpu.AdapterTypeIntegratedGPU:
		info.Type = "integrated"
	case wgpu.AdapterTypeCPU:
		info.Type, info.Software = "software", true
	}
	return info
}

// features returns what to ask the adapter for.
func features(a *wgpu.Adapter) []wgpu.FeatureName {
	if a.HasFeature(wgpu.FeatureNameTimestampQuery) {
		return []wgpu.FeatureName{wgpu.FeatureNameTimestampQuery}
	}
	return nil
}

// writesTimestamps tries whether an encoder accepts timestamps. The binding's library for linux/arm64 has the feature,
// and refuses them.
func (d *Device) writesTimestamps() bool {
	if features(d.Adapter) == nil {
		return false
	}
	queries, err := d.GPU.CreateQuerySet(&wgpu.QuerySetDescriptor{Type: wgpu.QueryTypeTimestamp, Count: 1})
	if err != nil {
		return false
	}
	defer queries.Release()
	return d.submit(func(e *wgpu.CommandEncoder) error { return e.WriteTimestamp(queries, 0) }) == nil
}

// uploadCosts returns the costs of uploads to the device.
func (d *Device) uploadCosts() upload.Costs {
	return upload.DefaultCosts(d.Adapter.GetInfo().AdapterType)
}

// Where the binding's types keep their devices.
var (
	deviceRef     = handle.In[wgpu.Device]("ref")
	encoderDevice = handle.In[wgpu.CommandEncoder]("deviceRef")
)

// madeBy reports whether d made e.
func madeBy(e *wgpu.CommandEncoder, d *wgpu.Device) bool {
	return encoderDevice.Of(e) == deviceRef.Of(d)
}
