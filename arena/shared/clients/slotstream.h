/* slotstream.h: a C or C++ program stores transforms straight into a slotstream arena of another process.
 *
 * C11 or C++11, Linux on a little-endian machine, this file alone: copy it. Include it first, or compile with
 * -D_GNU_SOURCE. The protocol is documented in slotstream's package arena/shared (go doc). MIT.
 *
 *     slotstream w;
 *     if (slotstream_open(&w, NULL, "robot", 40, 64, "16float32", "", 0)) return puts(w.error), 1;
 *     for (uint64_t tick = 1;; tick++) {
 *         float (*m)[16] = slotstream_stage(&w, 0, 40);      // fill all 40, column by column:
 *         ...                                                // m[i][12], [13] and [14] say where i is
 *         if (!slotstream_commit(&w, tick, time_ns)) break;  // the viewer shows all of it, or nothing of it
 *     }
 *     slotstream_close(&w);
 *
 * No call waits for the viewer, except slotstream_open for its answer. A slotstream is for one thread at a time;
 * several threads may fill the slots that slotstream_stage lent. Open it after the last fork: the viewer takes the end
 * of the process that opened it for the end of the writer. A forked child must not call anything here. */
#ifndef SLOTSTREAM_H
#define SLOTSTREAM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SLOTSTREAM_FREE = 1, SLOTSTREAM_SEED = 2 }; /* flags: the slots vanish when this writer ends; see seeded */

typedef struct slotstream {
	char error[256];           /* why the last call failed */
	size_t slots, slot_bytes;
	uint64_t index, lives;     /* of slot 0 in the viewer's arena; writers that had the name so far, this one included */
	const void *seeded;        /* with SLOTSTREAM_SEED: the values that the viewer shows, until the first commit */
	/* The rest is private. */
	int socket, gone, any, has[3];         /* any, has[i]: set, news[i] have a bit */
	int64_t looked;                        /* when commit last looked for the host, in quarters of a second */
	size_t block_bytes, words;
	unsigned char *block, *values[3];
	uint32_t *middle, *closed, back, last; /* buffers: this writer's, and that of the last commit */
	uint64_t *news[3], *tick[3];
	uint64_t *set, *stale[3];              /* a bit a slot: set since the last commit; buffer i lacks the last value */
} slotstream;

/* Frees everything, notes what failed and why (NULL: errno says), returns -1. */
static inline int slotstream_fail(slotstream *w, const char *what, const char *why) {
	if (what) snprintf(w->error, sizeof w->error, "slotstream: %s: %s", what, why ? why : strerror(errno));
	if (w->block) munmap(w->block, w->block_bytes);
	if (w->socket >= 0) close(w->socket);
	free(w->set);
	w->block = NULL, w->socket = -1, w->set = NULL, w->gone = 1;
	return -1;
}

static inline uint64_t slotstream_u64(const unsigned char *at) {
	uint64_t x;
	return memcpy(&x, at, sizeof x), x;
}

/* Asks the host at address to let name write so many slots. NULL or "" is the default address: $SLOTSTREAM_SOCKET, or
 * slotstream.sock in $XDG_RUNTIME_DIR or /tmp. The layout names the words of a slot: "16float32" is a matrix. The metadata is
 * for the viewer's program, JSON as a rule. 0, or -1 and w->error: nobody listens there, or the host's reason. */
static inline int slotstream_open(slotstream *w, const char *address, const char *name, size_t slots, size_t slot_bytes,
                                  const char *layout, const char *metadata, uint32_t flags) {
	struct sockaddr_un to;
	unsigned char hello[256] = "SLOTSHM1", answer[256] = {0};
	const char *path = address && *address ? address : getenv("SLOTSTREAM_SOCKET"), *dir = getenv("XDG_RUNTIME_DIR");
	const size_t meta = metadata ? strlen(metadata) : 0, room = sizeof to.sun_path;
	const uint32_t head[2] = {1, 0x01020304}, tail[3] = {(uint32_t)slot_bytes, flags, (uint32_t)meta};
	const struct timeval patience = {5, 0};
	union { struct cmsghdr h; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec part = {answer, sizeof answer};
	struct msghdr msg;
	uint64_t n = slots;
	ssize_t got;
	int fd = -1;
	memset(w, 0, sizeof *w), memset(&to, 0, sizeof to), memset(&msg, 0, sizeof msg);
	w->slots = slots, w->slot_bytes = slot_bytes, w->words = (slots + 63) / 64, w->last = 1, w->socket = -1;
	memcpy(hello + 8, head, 8), memcpy(hello + 16, &n, 8), memcpy(hello + 24, tail, 12);
	if (strlen(name) > 63 || strlen(layout) > 63) return slotstream_fail(w, "open", "name or layout above 63 bytes");
	strcpy((char *)hello + 64, name), strcpy((char *)hello + 128, layout);
	if (path && *path) n = (uint64_t)snprintf(to.sun_path, room, "%s", path);
	else n = (uint64_t)snprintf(to.sun_path, room, "%s/slotstream.sock", dir && *dir ? dir : "/tmp");
	if (n >= room) return slotstream_fail(w, "open", "the address is too long for a socket");
	to.sun_family = AF_UNIX;
	if ((w->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0) return slotstream_fail(w, "socket", NULL);
	setsockopt(w->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(w->socket, (struct sockaddr *)&to, sizeof to))
		return snprintf((char *)answer, sizeof answer, "no viewer listens at %s", to.sun_path), slotstream_fail(w, (char *)answer, NULL);
	got = send(w->socket, hello, sizeof hello, MSG_NOSIGNAL); /* a host that closed while we send has said why */
	if (got == sizeof hello && meta) got = send(w->socket, metadata, meta, MSG_NOSIGNAL);
	msg.msg_iov = &part, msg.msg_iovlen = 1, msg.msg_control = &control, msg.msg_controllen = sizeof control;
	do got = recvmsg(w->socket, &msg, MSG_CMSG_CLOEXEC | MSG_WAITALL); while (got < 0 && errno == EINTR);
	if (got != sizeof answer || memcmp(answer, hello, 12)) return slotstream_fail(w, to.sun_path, "no answer of a viewer");
	if (answer[12]) return answer[255] = 0, slotstream_fail(w, "refused", (char *)answer + 64);
	if (CMSG_FIRSTHDR(&msg)) memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof fd);
	w->block_bytes = (size_t)slotstream_u64(answer + 16);
	w->block = (unsigned char *)mmap(NULL, w->block_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	close(fd);
	if ((void *)w->block == MAP_FAILED) return w->block = NULL, slotstream_fail(w, "mapping the block", NULL);
	if (!(w->set = (uint64_t *)calloc(4 * w->words, 8))) return slotstream_fail(w, "bits", NULL);
	const unsigned char *b = w->block;
	w->middle = (uint32_t *)(w->block + slotstream_u64(b + 88)), w->closed = (uint32_t *)(w->block + 256);
	for (size_t i = 0; i < 3; i++) {
		w->news[i] = (uint64_t *)(w->block + slotstream_u64(b + 48) + i * slotstream_u64(b + 56));
		w->values[i] = w->block + slotstream_u64(b + 64) + i * slotstream_u64(b + 72);
		w->tick[i] = (uint64_t *)(w->block + 320 + 64 * i), w->stale[i] = w->set + (i + 1) * w->words;
	}
	w->seeded = b[36] ? w->values[0] : NULL, w->index = slotstream_u64(b + 40), w->lives = slotstream_u64(b + 80);
	return 0;
}

/* Lends the n slots from first on, for you to fill all of them before the next commit; not to be kept after it. What
 * they hold before is undefined. NULL and w->error where there are no such slots. */
static inline void *slotstream_stage(slotstream *w, size_t first, size_t n) {
	const size_t end = first + n;
	if (!w->block || end > w->slots || end < first)
		return snprintf(w->error, sizeof w->error, "slotstream: no %zu slots from %zu on", n, first), (void *)NULL;
	for (size_t i = first, k; i < end; i += k) {
		k = 64 - i % 64 < end - i ? 64 - i % 64 : end - i;
		w->set[i / 64] |= ~(uint64_t)0 >> (64 - k) << i % 64;
	}
	w->any |= n > 0;
	return w->values[w->back] + first * w->slot_bytes;
}

/* Copies n values to the slots from first on, for the next commit. 0, or -1 and w->error. It copies in pieces: memcpy
 * of megabytes goes past the caches, from where the viewer would have to fetch them. */
static inline int slotstream_store(slotstream *w, size_t first, size_t n, const void *values) {
	char *to = (char *)slotstream_stage(w, first, n);
	const size_t most = 256 << 10, bytes = n * w->slot_bytes;
	for (size_t i = 0; to && i < bytes; i += most) memcpy(to + i, (const char *)values + i, bytes - i < most ? bytes - i : most);
	return to ? 0 : -1;
}

/* Copies a value to slot i, for the next commit. 0, or -1 and w->error. */
static inline int slotstream_set(slotstream *w, size_t i, const void *value) { return slotstream_store(w, i, 1, value); }

/* Whether the host still shows this writer: 1, or 0 and w->error. It is a system call. */
static inline int slotstream_alive(slotstream *w) {
	char c;
	if (!w->gone && !__atomic_load_n(w->closed, __ATOMIC_ACQUIRE) &&
	    recv(w->socket, &c, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
	if (!w->gone) snprintf(w->error, sizeof w->error, "slotstream: the host ended, or it ended this writer");
	w->gone = 1;
	return 0;
}

/* Makes the back buffer complete, steps G1 to G3 of the protocol: the first half of slotstream_commit. */
static inline void slotstream_seal(slotstream *w, uint64_t number, int64_t time_ns) {
	const uint32_t b = w->back, last = w->last;
	const int carry = w->has[last] && (__atomic_load_n(w->middle, __ATOMIC_ACQUIRE) & 4) != 0; /* G1 */
	for (size_t k = 0; (w->any || carry || w->has[b]) && k < w->words; k++) {
		uint64_t set = w->set[k], carried = carry ? w->news[last][k] & ~set : 0, late = carried & w->stale[b][k];
		w->news[b][k] = set | carried; /* G2 */
		w->stale[b][k] &= ~(set | late);
		for (; late; late &= late - 1) { /* G3 */
			const size_t at = (64 * k + (size_t)__builtin_ctzll(late)) * w->slot_bytes;
			memcpy(w->values[b] + at, w->values[last] + at, w->slot_bytes);
		}
		w->stale[(b + 1) % 3][k] |= set, w->stale[(b + 2) % 3][k] |= set, w->set[k] = 0;
	}
	w->has[b] = w->any || carry, w->any = 0;
	w->tick[b][0] = number, w->tick[b][1] = (uint64_t)time_ns;
}

/* Shows what was staged and set since the last commit, as a tick of that number and time on the simulation's clock.
 * 1, or 0 and w->error once the host has ended, which it notices within half a second: close then, and open again. */
static inline int slotstream_commit(slotstream *w, uint64_t number, int64_t time_ns) {
	struct timespec now;
	if (!w->block) return 0;
	slotstream_seal(w, number, time_ns);
	w->last = w->back, w->back = __atomic_exchange_n(w->middle, w->back | 4, __ATOMIC_ACQ_REL) & 3; /* G4 */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	const int64_t quarter = now.tv_sec * 4 + now.tv_nsec / 250000000;
	if (quarter == w->looked && !__atomic_load_n(w->closed, __ATOMIC_RELAXED)) return !w->gone;
	return w->looked = quarter, slotstream_alive(w);
}

/* Forgets what was staged and set since the last commit: for a tick that failed half-way. */
static inline void slotstream_discard(slotstream *w) {
	for (size_t k = 0; w->any && k < w->words; k++) w->stale[w->back][k] |= w->set[k], w->set[k] = 0;
	w->any = 0;
}

/* Says goodbye and frees everything. The last commit stays in the view, unless SLOTSTREAM_FREE was given. */
static inline void slotstream_close(slotstream *w) {
	const uint32_t leave[2] = {1, 0};
	if (w->socket >= 0) send(w->socket, leave, sizeof leave, MSG_NOSIGNAL | MSG_DONTWAIT);
	slotstream_fail(w, NULL, NULL);
}
#endif
