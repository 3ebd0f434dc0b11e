// The few wgpu-native functions that the binding lacks or gets wrong, declared here because a Go package cannot
// include another module's header. The binding brings the library itself into the link. Handles are opaque.
#ifndef SLOTSTREAM_NATIVE_H
#define SLOTSTREAM_NATIVE_H

#include <stddef.h>
#include <stdint.h>

// ss_error is the first error that a scope caught: message is malloc'd, NULL for none.
typedef struct { int type; char *message; } ss_error;

void     ss_push_scope(void *device, int filter);
ss_error ss_pop_scope(void *device);
ss_error ss_read_mapped(void *device, void *buffer, void *dst, size_t size);

#endif
