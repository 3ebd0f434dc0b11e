package render

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/cogentcore/webgpu/wgpu"
)

// ErrNoAdapter: this machine offers no graphics adapter that fits the Options.
// The error that wraps it is one sentence that says what to do.
var ErrNoAdapter = errors.New("no graphics adapter")

// Power says which adapter to prefer where a machine has several.
type Power int

const (
	PowerAny  Power = iota // the driver's choice
	PowerHigh              // the fast one
	PowerLow               // the frugal one
)

// Options choose the adapter that Open opens. The zero value takes what wgpu
// prefers, a software adapter if there is nothing else.
type Options struct {
	Power    Power
	Adapter  string // part of an adapter's name, in any case; "" for no wish
	Backend  string // "vulkan", "gl", "metal" or "dx12"; "" for no wish
	Software bool   // software adapters only (llvmpipe, WARP)

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
// pipelines need. All drawing on a device happens on one goroutine.
type Device struct {
	Instance   *wgpu.Instance
	Adapter    *wgpu.Adapter
	GPU        *wgpu.Device
	Queue      *wgpu.Queue
	Info       AdapterInfo
	Timestamps bool // the device can time its own work
}

// Adapters lists what this machine offers, wgpu's order.
// The error wraps ErrNoAdapter where there is none.
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
		return nil, noAdapter(Options{}, nil)
	}
	return infos, nil
}

// Open opens a device. Release it after everything that was made from it.
// An error that says "no adapter fits" wraps ErrNoAdapter.
func Open(o Options) (*Device, error) {
	if !slices.Contains([]string{"", "vulkan", "gl", "metal", "dx12"}, o.Backend) {
		return nil, fmt.Errorf("render: unknown backend %q: vulkan, gl, metal or dx12", o.Backend)
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

func (d *Device) open(o Options) error {
	var surface *wgpu.Surface
	if o.Surface != nil {
		s, err := o.Surface(d.Instance)
		if err != nil {
			return fmt.Errorf("render: create the window's surface: %w", err)
		}
		surface = s
	}
	if err := d.choose(o, surface); err != nil {
		return err
	}
	d.Info = describe(d.Adapter)

	var features []wgpu.FeatureName
	if d.Adapter.HasFeature(wgpu.FeatureNameTimestampQuery) {
		features = append(features, wgpu.FeatureNameTimestampQuery)
		d.Timestamps = true
	}
	// The adapter's own limits cannot be handed back (the binding reads
	// garbage); the defaults carry everything drawn here.
	gpu, err := d.Adapter.RequestDevice(&wgpu.DeviceDescriptor{
		RequiredFeatures: features,
		RequiredLimits:   &wgpu.RequiredLimits{Limits: wgpu.DefaultLimits()},
	})
	if err != nil {
		return fmt.Errorf("render: open adapter %s: %w", d.Info, err)
	}
	d.GPU = gpu
	d.Queue = gpu.GetQueue()
	d.Timestamps = d.Timestamps && d.writesTimestamps()
	return nil
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

// choose sets d.Adapter. wgpu chooses unless a name or a backend is asked for:
// wgpu-native 22.1 does not heed a backend.
func (d *Device) choose(o Options, surface *wgpu.Surface) error {
	if o.Adapter == "" && o.Backend == "" {
		a, err := d.Instance.RequestAdapter(&wgpu.RequestAdapterOptions{
			CompatibleSurface:    surface,
			PowerPreference:      [...]wgpu.PowerPreference{wgpu.PowerPreferenceUndefined, wgpu.PowerPreferenceHighPerformance, wgpu.PowerPreferenceLowPower}[o.Power],
			ForceFallbackAdapter: o.Software,
		})
		if err == nil {
			d.Adapter = a
			return nil
		}
	}
	var names []string
	for _, a := range d.Instance.EnumerateAdapters(nil) {
		info := describe(a)
		names = append(names, info.String())
		fits := (o.Adapter != "" || o.Backend != "") &&
			strings.Contains(strings.ToLower(info.Name), strings.ToLower(o.Adapter)) &&
			(o.Backend == "" || info.Backend == o.Backend) &&
			(!o.Software || info.Software) &&
			(surface == nil || len(surface.GetCapabilities(a).Formats) > 0)
		if fits && (d.Adapter == nil || d.Info.Software && !info.Software) { // the first, or the first GPU
			a, d.Adapter, d.Info = d.Adapter, a, info
		}
		if a != nil {
			a.Release()
		}
	}
	if d.Adapter == nil {
		return noAdapter(o, names)
	}
	return nil
}

// noAdapter is the sentence for "nothing fits".
func noAdapter(o Options, have []string) error {
	if len(have) == 0 {
		return fmt.Errorf("render: %w: install a graphics driver, or software Vulkan (mesa-vulkan-drivers on Debian and Ubuntu, vulkan-swrast on Arch)", ErrNoAdapter)
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
	return fmt.Errorf("render: %w %s; this machine has %s", ErrNoAdapter, strings.Join(wish, " "), strings.Join(have, ", "))
}

// Wait returns when the GPU has done everything submitted so far.
func (d *Device) Wait() { d.GPU.Poll(true, nil) }

// Release closes the device.
func (d *Device) Release() {
	if d.Queue != nil {
		d.Queue.Release()
	}
	if d.GPU != nil {
		d.GPU.Release()
	}
	if d.Adapter != nil {
		d.Adapter.Release()
	}
	d.Instance.Release()
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

var backends = map[wgpu.BackendType]string{
	wgpu.BackendTypeVulkan: "vulkan", wgpu.BackendTypeOpenGLES: "gl", wgpu.BackendTypeOpenGL: "gl",
	wgpu.BackendTypeMetal: "metal", wgpu.BackendTypeD3D12: "dx12",
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
