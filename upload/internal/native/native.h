// The few wgpu-native functions that the binding lacks or gets wrong, declared here because a Go package cannot
// include another module's header. The binding links the library. Handles are opaque pointers.
#ifndef SLOTSTREAM_NATIVE_H
#define SLOTSTREAM_NATIVE_H

#include <stddef.h>
#include <stdint.h>

// ss_error is the first error that a scope caught. The caller frees message; NULL means no error.
typedef struct { char *message; } ss_error;

void     ss_push_scope(void *device, int filter);
ss_error ss_pop_scope(void *device);

// ss_poll runs the callbacks of finished work and frees its memory. It returns 1 if the GPU has done everything that was
// submitted. ss_flush submits the writes that wait in the device's queue, and polls.
int      ss_poll(void *device);
void     ss_flush(void *device);

// A status word lies on the C heap and holds -1 while the work is pending. ss_status polls and reads the word. ss_map
// asks for a mapping; it reports 0 for success. ss_on_done reports when everything submitted so far is done.
int      ss_status(void *device, int const *status);
void     ss_on_done(void *device, int *status);
ss_error ss_map(void *device, void *buffer, size_t size, int *status);
void     ss_copy_mapped(void *buffer, void *dst, size_t size);

// ss_write is one write of size bytes from base+src to offset dst of buffer; ss_dispatch is one dispatch.
typedef struct { uintptr_t buffer; uint64_t dst, src, size; } ss_write;
typedef struct { uintptr_t bind_group; uint32_t dynamic_offset, workgroups; } ss_dispatch;

ss_error ss_write_buffers(void *device, void *queue, char const *base, ss_write const *writes, size_t n);
ss_error ss_submit_compute(void *device, void *queue, void *pipeline, ss_dispatch const *dispatches, size_t n);

// ss_run is count slots, beginning with slot first. ss_pack copies the slots of n runs from mirror to values, one after
// the other, and writes the index of each slot, minus first, to places.
typedef struct { size_t first, count; } ss_run;

void ss_pack(uint32_t *places, char *values, char const *mirror, ss_run const *runs, size_t n, size_t first, size_t stride);

#endif
