// The few wgpu-native functions that the binding lacks or gets wrong, declared here because a Go package cannot
// include another module's header. The binding brings the library itself into the link. Handles are opaque.
#ifndef SLOTSTREAM_NATIVE_H
#define SLOTSTREAM_NATIVE_H

#include <stddef.h>
#include <stdint.h>

// ss_error is the first error that a scope caught: message is malloc'd, NULL for none.
typedef struct { char *message; } ss_error;

void     ss_push_scope(void *device, int filter);
ss_error ss_pop_scope(void *device);

// ss_poll lets the device take notice of what is done, and says whether that is everything submitted.
int      ss_poll(void *device);

// A status is on the C heap, -1 while something is pending; ss_status polls and reads it. ss_map asks for a mapping: 0
// stands for success. ss_on_done asks to be told when everything submitted so far is done.
int      ss_status(void *device, int const *status);
void     ss_on_done(void *queue, int *status);
ss_error ss_map(void *device, void *buffer, size_t size, int *status);
void     ss_copy_mapped(void *buffer, void *dst, size_t size);

// ss_write is one write of size bytes from base+src to offset dst of buffer; ss_dispatch is one dispatch.
typedef struct { uintptr_t buffer; uint64_t dst, src, size; } ss_write;
typedef struct { uintptr_t bind_group; uint32_t dynamic_offset, workgroups; } ss_dispatch;

ss_error ss_write_buffers(void *device, void *queue, char const *base, ss_write const *writes, size_t n);
ss_error ss_submit_compute(void *device, void *queue, void *pipeline, ss_dispatch const *dispatches, size_t n);

// ss_run is count slots from first on. ss_pack copies the slots of n runs from mirror to values, one behind the other,
// and the place of each, counted from slot first, to places.
typedef struct { size_t first, count; } ss_run;

void ss_pack(uint32_t *places, char *values, char const *mirror, ss_run const *runs, size_t n, size_t first, size_t stride);

#endif
