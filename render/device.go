//go:build cgo

package render

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// ErrNoAdapter: this machine offers no graphics adapter that fits the DeviceConfig.
// The error that wraps it is one sentence that says what to do.
var ErrNoAdapter = errors.New("render: no graphics adapter")

// DeviceConfig chooses the adapter that Open opens. The zero value takes what wgpu
// prefers, a software adapter if there is nothing else.
type DeviceConfig struct {
	Power    Power  // zero: PowerAny, the driver's choice
	Adapter  string // part of an adapter's name, in any case; "" for no wish
	Backend  string // "vulkan", "gl", "metal" or "dx12"; "" for no wish
	Software bool   // software adapters only (llvmpipe, WARP); false: any

	// Validation asks the Vulkan loader for the Khronos validation layer, where
	// it is installed, and lets wgpu's warnings through to stderr. It holds for
	// the process. (wgpu's own checks are always on.)
	Validation bool

	// Logger gets one line with the choice: Info, or Warn for a software
	// adapter. Nil stands for slog.Default().
	Logger *slog.Logger

	// Surface, if set, makes the surface of a window before the adapter is
	// chosen, so that the adapter fits it. Whoever sets the hook keeps and
	// releases the surface.
	Surface func(*wgpu.Instance) (*wgpu.Surface, error)
}

// AdapterInfo describes an adapter.
type AdapterInfo struct {
	Name     string // as the driver gives it: "llvmpipe (LLVM 15.0.6, 256 bits)"
	Backend  string // "vulkan", "gl", "metal", "dx12"
	Type     string // "discrete", "integrated", "software" or "other"
	Software bool   // drawn by the CPU
}

func (i AdapterInfo) String() string {
	return fmt.Sprintf("%s (%s, %s)", i.Name, i.Backend, i.Type)
}

// Device is an open GPU. Its fields are for reading: they are what one's own
// pipelines need. A device, and everything made from it, belongs to one goroutine at
// a time: wgpu's error scopes are the device's, not a thread's.
type Device struct {
	Instance   *wgpu.Instance
	Adapter    *wgpu.Adapter
	GPU        *wgpu.Device
	Queue      *wgpu.Queue
	Info       AdapterInfo
	Timestamps bool // the device can time its own work

	life
	maxSize uint32 // pixels a side of a texture
}

// Adapters lists what this machine offers, in wgpu's order. It opens nothing, and any
// goroutine may call it. The error wraps ErrNoAdapter where there is none.
func Adapters() ([]AdapterInfo, error) {
	quiet(false)
	instance := createInstance()
	defer instance.Release()
	var infos []AdapterInfo
	for _, a := range instance.EnumerateAdapters(nil) {
		infos = append(infos, describe(a))
		a.Release()
	}
	if len(infos) == 0 {
		return nil, noAdapter(DeviceConfig{}, nil, nil)
	}
	return infos, nil
}

// Open opens a device. Release it after everything that was made from it.
// An error that says "no adapter fits" wraps ErrNoAdapter.
func Open(o DeviceConfig) (*Device, error) {
	if o.Backend != "" {
		if _, err := parseName("backend", o.Backend, backendNames); err != nil {
			return nil, err
		}
	}
	quiet(o.Validation)
	d := &Device{Instance: createInstance()}
	if err := d.open(o); err != nil {
		d.Release()
		return nil, err
	}
	logger, level, note := o.Logger, slog.LevelInfo, "opened the graphics adapter"
	if logger == nil {
		logger = slog.Default()
	}
	if d.Info.Software && !o.Software && o.Adapter == "" {
		level, note = slog.LevelWarn, "no GPU found: the CPU draws"
	}
	logger.Log(context.Background(), level, note, "adapter", d.Info.Name, "backend", d.Info.Backend,
		"type", d.Info.Type, "timestamps", d.Timestamps)
	return d, nil
}

func (d *Device) open(o DeviceConfig) error {
	if o.Power < 0 || int(o.Power) >= len(powerNames) {
		return fmt.Errorf("render: there is no %v: take PowerAny, PowerHigh or PowerLow", o.Power)
	}
	var surface *wgpu.Surface
	if o.Surface != nil {
		s, err := o.Surface(d.Instance)
		if err != nil {
			return fmt.Errorf("render: create the window's surface: %w", err)
		}
		surface = s
	}
	candidates, have := d.candidates(o, surface)
	defer func() {
		for _, a := range candidates {
			if a != d.Adapter {
				a.Release()
			}
		}
	}()
	var lacking []string
	for _, a := range candidates {
		lacks, err := d.try(a)
		if err == nil && lacks == "" {
			d.Adapter, d.Info = a, describe(a)
			d.Timestamps = a.HasFeature(wgpu.FeatureNameTimestampQuery) && d.writesTimestamps()
			return nil
		}
		if err != nil { // a driver that is broken, or busy: the next may work
			lacking = append(lacking, fmt.Sprintf("%s does not open: %v", describe(a), err))
			continue
		}
		lacking = append(lacking, fmt.Sprintf("%s lacks %s", describe(a), lacks))
	}
	return noAdapter(o, have, lacking)
}

// try opens the device behind an adapter, or says what the adapter lacks.
func (d *Device) try(a *wgpu.Adapter) (lacks string, err error) {
	// The adapter's own limits cannot be handed back (the binding reads garbage
	// in some fields): the defaults of WebGPU carry everything drawn here, but for
	// the sides of pictures, which some have shorter.
	have, want := a.GetLimits().Limits, wgpu.DefaultLimits()
	d.maxSize = min(have.MaxTextureDimension2D, mostPixels)
	want.MaxTextureDimension2D = d.maxSize
	want.MaxTextureDimension1D = min(have.MaxTextureDimension1D, mostPixels)
	for _, need := range []struct {
		what        string
		have, least uint64
	}{
		{"storage buffers", uint64(have.MaxStorageBuffersPerShaderStage), 8},
		{"room for storage buffers", have.MaxStorageBufferBindingSize, 128 << 20},
		{"compute shaders", uint64(have.MaxComputeWorkgroupsPerDimension), 1<<16 - 1},
		{"threads in a workgroup of compute shaders", uint64(have.MaxComputeInvocationsPerWorkgroup), 256},
	} {
		if need.have < need.least {
			return fmt.Sprintf("%s (%d, and %d are needed)", need.what, need.have, need.least), nil
		}
	}
	var features []wgpu.FeatureName
	if a.HasFeature(wgpu.FeatureNameTimestampQuery) {
		features = append(features, wgpu.FeatureNameTimestampQuery)
	}
	device, err := a.RequestDevice(&wgpu.DeviceDescriptor{RequiredFeatures: features, RequiredLimits: &wgpu.RequiredLimits{Limits: want}})
	if err != nil {
		return "", err
	}
	if !readsInVertexShaders(device) {
		device.Release()
		return "storage buffers in vertex shaders", nil
	}
	d.GPU, d.Queue = device, device.GetQueue()
	return "", nil
}

// readsInVertexShaders tries whether a vertex shader may read a storage buffer:
// OpenGL below 4.3, and OpenGL ES on many phones, may not, and no limit says so.
func readsInVertexShaders(d *wgpu.Device) bool {
	l, err := d.CreateBindGroupLayout(&wgpu.BindGroupLayoutDescriptor{Entries: []wgpu.BindGroupLayoutEntry{{
		Visibility: wgpu.ShaderStageVertex, Buffer: wgpu.BufferBindingLayout{Type: wgpu.BufferBindingTypeReadOnlyStorage},
	}}})
	if err != nil {
		return false
	}
	l.Release()
	return true
}

// MaxSize is the most pixels that a side of a picture or a window can have.
func (d *Device) MaxSize() int {
	if d.maxSize == 0 { // a Device that its user put together
		return int(d.GPU.GetLimits().Limits.MaxTextureDimension2D)
	}
	return int(d.maxSize)
}

// writesTimestamps tries whether an encoder takes timestamps: the binding's
// library for linux/arm64 has the feature and refuses.
func (d *Device) writesTimestamps() bool {
	queries, err := d.GPU.CreateQuerySet(&wgpu.QuerySetDescriptor{Type: wgpu.QueryTypeTimestamp, Count: 1})
	if err != nil {
		return false
	}
	defer queries.Release()
	return d.submit(func(e *wgpu.CommandEncoder) error { return e.WriteTimestamp(queries, 0) }) == nil
}

// candidates are the adapters that fit, best first, and the names of all there
// are. wgpu chooses unless a name or a backend is asked for (wgpu-native 22.1 does
// not heed a backend); behind its choice come the others, GPUs first.
func (d *Device) candidates(o DeviceConfig, surface *wgpu.Surface) (fit []*wgpu.Adapter, names []string) {
	wish := o.Adapter != "" || o.Backend != ""
	var first string
	if !wish {
		a, err := d.Instance.RequestAdapter(&wgpu.RequestAdapterOptions{
			CompatibleSurface: surface,
			PowerPreference: [...]wgpu.PowerPreference{
				wgpu.PowerPreferenceUndefined, wgpu.PowerPreferenceHighPerformance, wgpu.PowerPreferenceLowPower,
			}[o.Power],
			ForceFallbackAdapter: o.Software,
		})
		if err == nil {
			fit, first = append(fit, a), describe(a).String()
		}
	}
	var software []*wgpu.Adapter
	for _, a := range d.Instance.EnumerateAdapters(nil) {
		info := describe(a)
		names = append(names, info.String())
		switch {
		case info.String() == first, // it has been asked for above
			!strings.Contains(strings.ToLower(info.Name), strings.ToLower(o.Adapter)),
			o.Backend != "" && info.Backend != o.Backend,
			o.Software && !info.Software,
			surface != nil && len(surface.GetCapabilities(a).Formats) == 0:
			a.Release()
		case info.Software:
			software = append(software, a)
		default:
			fit = append(fit, a)
		}
	}
	return append(fit, software...), names
}

// noAdapter is the sentence for "nothing fits".
func noAdapter(o DeviceConfig, have, lacking []string) error {
	if len(lacking) > 0 {
		return fmt.Errorf("%w fits: %s", ErrNoAdapter, strings.Join(lacking, "; "))
	}
	if len(have) == 0 {
		return fmt.Errorf("%w: install a graphics driver, or software Vulkan (mesa-vulkan-drivers on Debian and Ubuntu, vulkan-swrast on Arch)", ErrNoAdapter)
	}
	var wish []string
	if o.Adapter != "" {
		wish = append(wish, fmt.Sprintf("named %q", o.Adapter))
	}
	if o.Backend != "" {
		wish = append(wish, "on "+o.Backend)
	}
	if o.Software {
		wish = append(wish, "in software")
	}
	if o.Surface != nil {
		wish = append(wish, "that draws to this window")
	}
	return fmt.Errorf("%w %s; this machine has %s", ErrNoAdapter, strings.Join(wish, " "), strings.Join(have, ", "))
}

// Wait returns when the GPU has done everything submitted so far, however long
// that takes.
func (d *Device) Wait() {
	d.check("Wait")
	gpu.Wait(d.GPU)
}

func (d *Device) check(doing string) {
	needs(d, doing, "the device")
	d.alive(doing, "the device")
}

// flush lets go of what was released: wgpu keeps it until the next submit.
func (d *Device) flush() {
	if !d.over && d.Queue != nil {
		gpu.Flush(d.GPU)
	}
}

// Release waits for the GPU, and closes the device. A second Release does nothing.
func (d *Device) Release() {
	if !d.end() {
		return
	}
	if d.GPU != nil {
		gpu.Wait(d.GPU) // wgpu itself gives up after 5 s and frees what the GPU still uses
	}
	releaseAll(d.Queue, d.GPU, d.Adapter, d.Instance)
}

// quiet sets how much wgpu prints, and asks for the validation layer if wanted.
func quiet(validation bool) {
	if !validation {
		wgpu.SetLogLevel(wgpu.LogLevelOff) // its errors come back as errors
		return
	}
	wgpu.SetLogLevel(wgpu.LogLevelWarn)
	// cgo programs pass Setenv on to C, where the Vulkan loader reads it. A
	// pattern that matches no layer is no error, unlike VK_INSTANCE_LAYERS.
	os.Setenv("VK_LOADER_LAYERS_ENABLE", "*validation*")
}

// mostPixels is the longest side of a texture by WebGPU's default limits; some devices have less.
const mostPixels = 8192

// backendNames are what a backend can be asked for by.
var backendNames = []string{"vulkan", "gl", "metal", "dx12"}

var backends = map[wgpu.BackendType]string{
	wgpu.BackendTypeVulkan: backendNames[0], wgpu.BackendTypeOpenGLES: backendNames[1], wgpu.BackendTypeOpenGL: backendNames[1],
	wgpu.BackendTypeMetal: backendNames[2], wgpu.BackendTypeD3D12: backendNames[3],
}

func describe(a *wgpu.Adapter) AdapterInfo {
	raw := a.GetInfo()
	// wgpu-native 22.1 gives the device's name as its description, and its
	// number as its name.
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
