#include "native.h"

#include <stdlib.h>
#include <string.h>

// wgpu-native 22.1 (webgpu.h, wgpu.h).
typedef void (*error_callback)(int type, char const *message, void *userdata);
typedef void (*status_callback)(int status, void *userdata);

extern void wgpuDevicePushErrorScope(void *device, int filter);
extern void wgpuDevicePopErrorScope(void *device, error_callback callback, void *userdata);
extern uint32_t wgpuDevicePoll(void *device, uint32_t wait, void const *submission);
extern void wgpuBufferMapAsync(void *buffer, uint32_t mode, size_t offset, size_t size, status_callback callback, void *userdata);
extern void const *wgpuBufferGetConstMappedRange(void *buffer, size_t offset, size_t size);
extern void wgpuBufferUnmap(void *buffer);
extern void wgpuQueueWriteBuffer(void *queue, void *buffer, uint64_t offset, void const *data, size_t size);
extern void wgpuQueueOnSubmittedWorkDone(void *queue, status_callback callback, void *userdata);
extern void wgpuQueueSubmit(void *queue, size_t n, void *const *commands);
extern void wgpuQueueRelease(void *queue);
extern void *wgpuDeviceGetQueue(void *device);
extern void *wgpuDeviceCreateCommandEncoder(void *device, void const *descriptor);
extern void *wgpuCommandEncoderBeginComputePass(void *encoder, void const *descriptor);
extern void *wgpuCommandEncoderFinish(void *encoder, void const *descriptor);
extern void wgpuCommandEncoderRelease(void *encoder);
extern void wgpuCommandBufferRelease(void *commands);
extern void wgpuComputePassEncoderSetPipeline(void *pass, void *pipeline);
extern void wgpuComputePassEncoderSetBindGroup(void *pass, uint32_t index, void *group, size_t n, uint32_t const *offsets);
extern void wgpuComputePassEncoderDispatchWorkgroups(void *pass, uint32_t x, uint32_t y, uint32_t z);
extern void wgpuComputePassEncoderEnd(void *pass);
extern void wgpuComputePassEncoderRelease(void *pass);

enum { FILTER_VALIDATION = 0, FILTER_OUT_OF_MEMORY = 1, ERROR_NONE = 0, MAP_READ = 1, PENDING = -1 };

static void keep_error(int type, char const *message, void *userdata) {
	ss_error *e = userdata;
	if (type == ERROR_NONE || e->message != NULL)
		return;
	e->message = strdup(message != NULL && message[0] != 0 ? message : "no message");
}

void ss_push_scope(void *device, int filter) {
	wgpuDevicePushErrorScope(device, filter);
}

ss_error ss_pop_scope(void *device) {
	ss_error e = {NULL};
	wgpuDevicePopErrorScope(device, keep_error, &e); // calls back before it returns
	return e;
}

static void keep_status(int status, void *userdata) {
	__atomic_store_n((int *)userdata, status, __ATOMIC_RELEASE);
}

// The callback runs on the thread that polls the device. So the status word lies on the C heap, where no thread moves it.
ss_error ss_map(void *device, void *buffer, size_t size, int *status) {
	ss_error e = {NULL};
	*status = PENDING;
	wgpuDevicePushErrorScope(device, FILTER_VALIDATION);
	wgpuBufferMapAsync(buffer, MAP_READ, 0, size, keep_status, status);
	wgpuDevicePopErrorScope(device, keep_error, &e);
	return e;
}

// It never lets wgpu wait: wait.go says why.
int ss_poll(void *device) {
	return wgpuDevicePoll(device, 0, NULL);
}

int ss_status(void *device, int const *status) {
	int now = __atomic_load_n(status, __ATOMIC_ACQUIRE);
	if (now == PENDING) {
		ss_poll(device);
		now = __atomic_load_n(status, __ATOMIC_ACQUIRE);
	}
	return now;
}

void ss_on_done(void *device, int *status) {
	void *queue = wgpuDeviceGetQueue(device);
	*status = PENDING;
	wgpuQueueOnSubmittedWorkDone(queue, keep_status, status);
	wgpuQueueRelease(queue);
}

void ss_flush(void *device) {
	void *queue = wgpuDeviceGetQueue(device);
	wgpuQueueSubmit(queue, 0, NULL);
	wgpuQueueRelease(queue);
	ss_poll(device);
}

void ss_copy_mapped(void *buffer, void *dst, size_t size) {
	memcpy(dst, wgpuBufferGetConstMappedRange(buffer, 0, (size + 3) & ~(size_t)3), size); // ranges are multiples of four
	wgpuBufferUnmap(buffer);
}

// A call can raise errors of two kinds. An error outside a scope aborts the process, so there is a scope for each kind.
static void push_scopes(void *device) {
	wgpuDevicePushErrorScope(device, FILTER_OUT_OF_MEMORY);
	wgpuDevicePushErrorScope(device, FILTER_VALIDATION);
}

static void pop_scopes(void *device, ss_error *e) {
	wgpuDevicePopErrorScope(device, keep_error, e);
	wgpuDevicePopErrorScope(device, keep_error, e);
}

ss_error ss_write_buffers(void *device, void *queue, char const *base, ss_write const *writes, size_t n) {
	ss_error e = {NULL};
	push_scopes(device);
	for (size_t i = 0; i < n; i++)
		wgpuQueueWriteBuffer(queue, (void *)writes[i].buffer, writes[i].dst, base + writes[i].src, writes[i].size);
	pop_scopes(device, &e);
	return e;
}

ss_error ss_submit_compute(void *device, void *queue, void *pipeline, ss_dispatch const *dispatches, size_t n) {
	ss_error e = {NULL};
	push_scopes(device);
	void *encoder = wgpuDeviceCreateCommandEncoder(device, NULL);
	void *pass = wgpuCommandEncoderBeginComputePass(encoder, NULL);
	wgpuComputePassEncoderSetPipeline(pass, pipeline);
	for (size_t i = 0; i < n; i++) {
		wgpuComputePassEncoderSetBindGroup(pass, 0, (void *)dispatches[i].bind_group, 1, &dispatches[i].dynamic_offset);
		wgpuComputePassEncoderDispatchWorkgroups(pass, dispatches[i].workgroups, 1, 1);
	}
	wgpuComputePassEncoderEnd(pass);
	void *commands = wgpuCommandEncoderFinish(encoder, NULL);
	pop_scopes(device, &e);
	if (e.message == NULL) // submitting invalid commands aborts the process
		wgpuQueueSubmit(queue, 1, &commands);
	wgpuCommandBufferRelease(commands);
	wgpuComputePassEncoderRelease(pass);
	wgpuCommandEncoderRelease(encoder);
	return e;
}

// The runs are scattered over the mirror. Prefetching each run some runs ahead makes their cache misses overlap.
void ss_pack(uint32_t *places, char *values, char const *mirror, ss_run const *runs, size_t n, size_t first, size_t stride) {
	enum { AHEAD = 16, MAT4 = 64 };
	for (size_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			__builtin_prefetch(mirror + runs[i + AHEAD].first * stride);
		char const *from = mirror + runs[i].first * stride;
		size_t bytes = runs[i].count * stride;
		if (bytes == MAT4)
			memcpy(values, from, MAT4); // the compiler knows the size and calls no function
		else
			memcpy(values, from, bytes);
		values += bytes;
		for (size_t k = 0; k < runs[i].count; k++)
			*places++ = (uint32_t)(runs[i].first - first + k);
	}
}
