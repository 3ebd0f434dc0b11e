package render

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

// From the binding's wgpu.h (wgpu-native 22.1).
struct ss_instance_extras {
	struct { void const *next; uint32_t type; } chain;
	uint32_t backends, flags, dx12_compiler, gles_minor;
	char const *dxil_path, *dxc_path;
};
extern void *wgpuCreateInstance(void const *descriptor);

// Whether libEGL is installed and has no display. If it does not load, wgpu does not use it.
static int ss_egl_breaks(void) {
	void *egl = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
	void *(*get_display)(void *) = egl != NULL ? (void *(*)(void *))dlsym(egl, "eglGetDisplay") : NULL;
	return get_display != NULL && get_display(NULL) == NULL;
}

static void *ss_instance_without_gl(void) {
	enum { INSTANCE_EXTRAS = 0x00030006, VULKAN = 1 };
	struct ss_instance_extras extras = {{NULL, INSTANCE_EXTRAS}, VULKAN};
	struct { void const *next; } descriptor = {&extras};
	return wgpuCreateInstance(&descriptor);
}
*/
import "C"

import (
	"github.com/cogentcore/webgpu/wgpu"

	"github.com/slotstream/slotstream/upload/gpu/handle"
)

var instanceRef = handle.In[wgpu.Instance]("ref")

// createInstance is wgpu.CreateInstance(nil), but works where libEGL is installed without a driver, as in some
// containers with NVIDIA's libraries. There wgpu would end the process, so the instance does without OpenGL. (The
// binding's own way to pass a descriptor hands memory to C that it has not filled.)
func createInstance() (*wgpu.Instance, error) {
	if C.ss_egl_breaks() == 0 {
		return wgpu.CreateInstance(nil), nil
	}
	i := new(wgpu.Instance)
	instanceRef.Put(i, C.ss_instance_without_gl())
	return i, nil
}
