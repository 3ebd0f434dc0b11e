//go:build cgo || js

package render

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu"
)

// ErrNoAdapter says that this machine has no graphics adapter that suits the DeviceConfig. The error that wraps it says
// what to do.
var ErrNoAdapter = errors.New("render: no graphics adapter")

// DeviceConfig chooses the adapter that Open opens. The zero value takes the adapter that wgpu prefers, and a software
// adapter if there is no other.
type DeviceConfig struct {
	Power    wgpu.PowerPreference // high performance or low power, where a machine has both; 0 lets the driver choose
	Adapter  string               // part of the adapter's name, in upper or lower case; "" for any
	Backend  string               // "vulkan", "gl", "metal", "dx12", or "webgpu" in a browser; "" for any
	Software bool                 // take software adapters only (llvmpipe, WARP)

	// Validation switches on the Khronos validation layer of Vulkan, if it is installed, and wgpu's warnings on stderr,
	// for the whole process. wgpu's own checks are always on.
	Validation bool

	// Logger gets one line about the adapter that was opened: at level Warn if it is a software adapter and none was
	// asked for, otherwise at Info. nil stands for slog.Default().
	Logger *slog.Logger

	// Surface makes the surface of a window before the adapter is chosen, so that the adapter can draw to it. The caller
	// of Open owns the surface and releases it. nil for no window.
	Surface func(*wgpu.Instance) (*wgpu.Surface, error)
}

// AdapterInfo describes an adapter: a GPU as one driver shows it, or a software renderer.
type AdapterInfo struct {
	Name     string // the driver's: "llvmpipe (LLVM 15.0.6, 256 bits)"
	Backend  string // "vulkan", "gl", "metal" or "dx12"; "webgpu" in a browser
	Type     string // "discrete", "integrated", "software" or "other"
	Software bool   // the CPU draws
}

// String returns name, backend and type.
func (i AdapterInfo) String() string {
	return fmt.Sprintf("%s (%s, %s)", i.Name, i.Backend, i.Type)
}

// A Device is an open GPU. Read its fields to build pipelines of your own. If your program has opened a wgpu device
// itself, fill in the fields instead of calling Open; Release then releases what they hold.
//
// A device, and everything made from it, belongs to one goroutine at a time, the render goroutine: wgpu collects errors
// for each device, not for each thread.
type Device struct {
	Instance   *wgpu.Instance
	Adapter    *wgpu.Adapter
	GPU        *wgpu.Device
	Queue      *wgpu.Queue
	Info       AdapterInfo
	Timestamps bool // the GPU can time its own work: see Config.Timestamps

	life
	maxSize uint32 // pixels along a side of a texture; 0: Open did not make the Device
}

// Adapters lists the adapters of this machine, in wgpu's order. It opens none of them. The error wraps ErrNoAdapter if
// there is none. Any goroutine may call Adapters.
func Adapters() ([]AdapterInfo, error) {
	setLogging(false)
	instance, err := createInstance()
	if err != nil {
		return nil, err
	}
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

// Open opens a device. Release it after everything that was made from it. The error wraps ErrNoAdapter if no adapter
// suits cfg. With a software adapter and glibc, Open changes how the whole process's malloc works: it keeps more memory
// that was freed (M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD), since the driver needs it again in the next frame.
func Open(cfg DeviceConfig) (*Device, error) {
	if cfg.Backend != "" {
		if _, err := parseName("backend", cfg.Backend, backendNames); err != nil {
			return nil, err
		}
	}
	setLogging(cfg.Validation)
	instance, err := createInstance()
	if err != nil {
		return nil, err
	}
	d := &Device{Instance: instance}
	if err := d.open(cfg); err != nil {
		d.Release()
		return nil, err
	}
	if d.Info.Software {
		keepMemory()
	}
	logger, level, note := cfg.Logger, slog.LevelInfo, "opened the graphics adapter"
	if logger == nil {
		logger = slog.Default()
	}
	if d.Info.Software && !cfg.Software && cfg.Adapter == "" {
		level, note = slog.LevelWarn, "no GPU found: the CPU draws"
	}
	logger.Log(context.Background(), level, note, "adapter", d.Info.Name, "backend", d.Info.Backend,
		"type", d.Info.Type, "timestamps", d.Timestamps)
	return d, nil
}

func (d *Device) open(cfg DeviceConfig) error {
	if cfg.Power > wgpu.PowerPreferenceHighPerformance {
		return fmt.Errorf("render: Open: unknown Power %d: use a wgpu.PowerPreference", cfg.Power)
	}
	var surface *wgpu.Surface
	if cfg.Surface != nil {
		s, err := cfg.Surface(d.Instance)
		if err != nil {
			return fmt.Errorf("render: create the window's surface: %w", err)
		}
		surface = s
	}
	candidates, have := d.candidates(cfg, surface)
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
			d.Timestamps = d.writesTimestamps()
			return nil
		}
		if err != nil { // the driver is broken or busy: try the next
			lacking = append(lacking, fmt.Sprintf("%s does not open: %v", describe(a), err))
			continue
		}
		lacking = append(lacking, fmt.Sprintf("%s lacks %s", describe(a), lacks))
	}
	return noAdapter(cfg, have, lacking)
}

// try opens the device of an adapter, or returns what the adapter lacks.
func (d *Device) try(a *wgpu.Adapter) (lacks string, err error) {
	// Do not ask for the adapter's own limits: the binding reads garbage in some of them. WebGPU's defaults suffice, but
	// some adapters have shorter sides of pictures.
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
	device, err := a.RequestDevice(&wgpu.DeviceDescriptor{RequiredFeatures: features(a), RequiredLimits: &wgpu.RequiredLimits{Limits: want}})
	if err != nil {
		return "", err
	}
	if err := gpu.Fault(device); err != nil { // from now on a browser's reports are kept
		return "", err
	}
	if !readsInVertexShaders(device) {
		device.Release()
		return "storage buffers in vertex shaders", nil
	}
	d.GPU, d.Queue = device, device.GetQueue()
	return "", nil
}

// readsInVertexShaders tries whether a vertex shader may read a storage buffer. In OpenGL below 4.3, and in OpenGL ES
// on many phones, it may not, and no limit says so.
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

// MaxSize returns the longest side that a picture or a window can have, in pixels.
func (d *Device) MaxSize() int {
	if d.maxSize == 0 {
		return int(d.GPU.GetLimits().Limits.MaxTextureDimension2D)
	}
	return int(d.maxSize)
}

// candidates returns the adapters that suit cfg, best first, and the names of all adapters. If cfg asks for no name and
// no backend, the first is wgpu's choice (wgpu-native 22.1 does not choose by backend). The others follow, GPUs first.
func (d *Device) candidates(cfg DeviceConfig, surface *wgpu.Surface) (fit []*wgpu.Adapter, names []string) {
	var first string
	if cfg.Adapter == "" && cfg.Backend == "" {
		a, err := d.Instance.RequestAdapter(&wgpu.RequestAdapterOptions{
			CompatibleSurface: surface, PowerPreference: cfg.Power, ForceFallbackAdapter: cfg.Software,
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
		case info.String() == first, // fit has it
			!strings.Contains(strings.ToLower(info.Name), strings.ToLower(cfg.Adapter)),
			cfg.Backend != "" && info.Backend != cfg.Backend,
			cfg.Software && !info.Software,
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

// noAdapter returns the error for no adapter: have are the names of all adapters, lacking says why those that suit
// cfg do not do.
func noAdapter(cfg DeviceConfig, have, lacking []string) error {
	if len(lacking) > 0 {
		return fmt.Errorf("%w that can draw: %s", ErrNoAdapter, strings.Join(lacking, "; "))
	}
	if len(have) == 0 {
		return fmt.Errorf("%w: %s", ErrNoAdapter, howToGetOne)
	}
	var wish []string
	if cfg.Adapter != "" {
		wish = append(wish, fmt.Sprintf("named %q", cfg.Adapter))
	}
	if cfg.Backend != "" {
		wish = append(wish, "on "+cfg.Backend)
	}
	if cfg.Software {
		wish = append(wish, "in software")
	}
	if cfg.Surface != nil {
		wish = append(wish, "that draws to this window")
	}
	return fmt.Errorf("%w %s; this machine has %s", ErrNoAdapter, strings.Join(wish, " "), strings.Join(have, ", "))
}

// Wait returns when the GPU has done everything that was submitted, no matter how long that takes. Call it on the
// render goroutine.
func (d *Device) Wait() {
	d.check("Wait")
	gpu.Wait(d.GPU)
}

func (d *Device) check(doing string) {
	needs(d, doing, "the device")
	d.alive(doing, "the device")
}

// flush frees the memory of what was released. wgpu would keep it until the next submit.
func (d *Device) flush() {
	if !d.over && d.Queue != nil {
		gpu.Flush(d.GPU)
	}
}

// Release waits for the GPU, and closes the device. A second Release does nothing. Call it on the render goroutine.
func (d *Device) Release() {
	if !d.end() {
		return
	}
	if d.GPU != nil {
		gpu.Wait(d.GPU) // wgpu's own wait ends after 5 s, and then frees memory that the GPU still uses
	}
	releaseAll(d.Queue, d.GPU, d.Adapter, d.Instance)
}

// mostPixels is the longest side of a texture in WebGPU's default limits. Some devices have less.
const mostPixels = 8192
