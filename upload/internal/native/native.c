#include "native.h"

#include <stdlib.h>
#include <string.h>

// wgpu-native 22.1 (webgpu.h, wgpu.h).
typedef void (*error_callback)(int type, char const *message, void *userdata);
typedef void (*map_callback)(int status, void *userdata);

extern void wgpuDevicePushErrorScope(void *device, int filter);
extern void wgpuDevicePopErrorScope(void *device, error_callback callback, void *userdata);
extern uint32_t wgpuDevicePoll(void *device, uint32_t wait, void const *submission);
extern void wgpuBufferMapAsync(void *buffer, uint32_t mode, size_t offset, size_t size, map_callback callback, void *userdata);
extern void const *wgpuBufferGetConstMappedRange(void *buffer, size_t offset, size_t size);
extern void wgpuBufferUnmap(void *buffer);

enum { FILTER_VALIDATION = 0, ERROR_NONE = 0, ERROR_UNKNOWN = 4, MAP_READ = 1, MAP_PENDING = -1, MAP_SUCCESS = 0 };

static void keep_error(int type, char const *message, void *userdata) {
	ss_error *e = userdata;
	if (type == ERROR_NONE || e->message != NULL)
		return;
	e->type = type;
	e->message = strdup(message != NULL && message[0] != 0 ? message : "no message");
}

void ss_push_scope(void *device, int filter) {
	wgpuDevicePushErrorScope(device, filter);
}

ss_error ss_pop_scope(void *device) {
	ss_error e = {ERROR_NONE, NULL};
	wgpuDevicePopErrorScope(device, keep_error, &e); // calls back before it returns
	return e;
}

static void keep_status(int status, void *userdata) {
	__atomic_store_n((int *)userdata, status, __ATOMIC_RELEASE);
}

// The status word is on the C heap because the callback may come from whichever thread polls the device.
ss_error ss_read_mapped(void *device, void *buffer, void *dst, size_t size) {
	ss_error e = {ERROR_NONE, NULL};
	size_t const mapped = (size + 3) & ~(size_t)3; // mapping wants a multiple of four
	int *status = malloc(sizeof *status);
	*status = MAP_PENDING;

	wgpuDevicePushErrorScope(device, FILTER_VALIDATION);
	wgpuBufferMapAsync(buffer, MAP_READ, 0, mapped, keep_status, status);
	wgpuDevicePopErrorScope(device, keep_error, &e);

	int s = __atomic_load_n(status, __ATOMIC_ACQUIRE);
	for (int polls = 0; s == MAP_PENDING && e.message == NULL && polls < 1000; polls++) {
		wgpuDevicePoll(device, 1, NULL);
		s = __atomic_load_n(status, __ATOMIC_ACQUIRE);
	}
	if (s == MAP_PENDING) {
		// The callback may still come: its word must outlive this call.
		keep_error(ERROR_UNKNOWN, "the buffer was never mapped", &e);
		return e;
	}
	free(status);
	if (s != MAP_SUCCESS) {
		keep_error(ERROR_UNKNOWN, "the buffer cannot be mapped (device lost or buffer destroyed)", &e);
		return e;
	}
	memcpy(dst, wgpuBufferGetConstMappedRange(buffer, 0, mapped), size);
	wgpuBufferUnmap(buffer);
	return e;
}
