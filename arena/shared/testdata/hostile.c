/* hostile: joins again and again, and does harm in its block and at the socket.
 *
 *   hostile ADDRESS NAME SLOTS SECONDS words|scribble|news|join
 *
 * words: random middle words. scribble: random words all over the block, holes punched into it, random messages, and
 * scribbles on after it has left. news: keeps to the protocol, with the dearest news, every other slot. join: garbage
 * for a hello, or a hello of random sizes, half of it, or descriptors that are no sockets; a thousand times a second. */
#include "slotstream.h"
#include <fcntl.h>

static uint64_t rng = 88172645463325252u;
static uint64_t rnd(void) { rng ^= rng << 13, rng ^= rng >> 7, rng ^= rng << 17; return rng; }
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (double)t.tv_sec + (double)t.tv_nsec / 1e9; }

static void garbage(const char *path, uint64_t slots) {
	struct sockaddr_un to;
	unsigned char bytes[512] = "SLOTSHM1";
	const uint64_t sizes[] = {0, 1, slots, 1ull << 31, (1ull << 31) - 1, 1ull << 32, 1ull << 63, (1ull << 63) - 1, ~0ull, ~0ull / 64, rnd()};
	memset(&to, 0, sizeof to);
	to.sun_family = AF_UNIX, strncpy(to.sun_path, path, sizeof to.sun_path - 1);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), fds[4] = {0, 1, 2, open("/dev/null", O_RDWR)};
	if (!connect(s, (struct sockaddr *)&to, sizeof to)) {
		size_t n = sizeof bytes;
		if (rnd() % 2) {
			for (size_t i = rnd() % 17; i < sizeof bytes; i++) bytes[i] = (unsigned char)rnd();
			n = rnd() % sizeof bytes;
		} else { /* all but right */
			const uint32_t head[] = {1, 0x01020304}, tail[] = {rnd() % 4 ? 64 : (uint32_t)rnd(), (uint32_t)rnd(), rnd() % 4 ? 0 : (uint32_t)rnd()};
			memcpy(bytes + 8, head, 8), memcpy(bytes + 16, &sizes[rnd() % 11], 8), memcpy(bytes + 24, tail, 12);
			for (size_t i = 64; i < 70; i++) bytes[i] = (unsigned char)(rnd() % 4 ? 'a' + rnd() % 3 : rnd());
			strcpy((char *)bytes + 128, "16uint32");
			n = rnd() % 4 ? 256 : rnd() % 257;
		}
		union { struct cmsghdr h; char room[CMSG_SPACE(sizeof fds)]; } control;
		struct iovec part = {bytes, n};
		struct msghdr msg;
		memset(&msg, 0, sizeof msg), memset(&control, 0, sizeof control);
		msg.msg_iov = &part, msg.msg_iovlen = 1;
		if (rnd() % 3 == 0) {
			msg.msg_control = &control, msg.msg_controllen = sizeof control;
			control.h.cmsg_len = CMSG_LEN(sizeof fds), control.h.cmsg_level = SOL_SOCKET, control.h.cmsg_type = SCM_RIGHTS;
			memcpy(CMSG_DATA(&control.h), fds, sizeof fds);
		}
		sendmsg(s, &msg, MSG_NOSIGNAL);
		if (rnd() % 4 == 0) usleep(1000);
	}
	close(s), close(fds[3]);
}

int main(int argc, char **argv) {
	slotstream w;
	if (argc != 6) return 2;
	const size_t n = (size_t)atol(argv[3]);
	const char *mode = argv[5];
	const double end = now() + atof(argv[4]);
	uint64_t joined = 0, rounds = 0, hellos = 0;
	rng ^= (uint64_t)getpid() << 20;
	while (now() < end) {
		if (!strcmp(mode, "join")) {
			for (int i = 0; i < 10; i++, hellos++) garbage(argv[1], n);
			usleep(5000);
			continue;
		}
		if (slotstream_open(&w, argv[1], argv[2], n, 64, "16uint32", "x", (uint32_t)rnd() & 3)) {
			garbage(argv[1], n), hellos++;
			continue;
		}
		joined++;
		uint64_t *words = (uint64_t *)w.block;
		const size_t count = w.block_bytes / 8;
		double until = now() + (double)(rnd() % 1000) / 1000 * 0.02;
		if (!strcmp(mode, "news")) until = end;
		for (; now() < until && now() < end; rounds++) {
			if (!strcmp(mode, "words")) {
				for (int i = 0; i < 2000; i++) *(volatile uint32_t *)w.middle = (uint32_t)rnd() & (rnd() % 2 ? 7 : ~0u);
			} else if (!strcmp(mode, "news")) {
				for (size_t k = 0; k < w.words; k++) w.set[k] = 0x5555555555555555u;
				w.any = 1;
				slotstream_commit(&w, rounds, 0);
			} else {
				for (int i = 0; i < 20000; i++) {
					((volatile uint64_t *)words)[rnd() % count] = rnd();
					if (i % 64 == 0) for (int b = 0; b < 3; b++) ((volatile uint64_t *)w.news[b])[rnd() % (w.words + 8)] = ~0ull;
					if (i % 16 == 0) __atomic_store_n(w.middle, (uint32_t)(rnd() % 3) | 4, __ATOMIC_RELEASE);
				}
				madvise(w.block + (rnd() % (w.block_bytes / 4096)) * 4096, 4096 * (1 + rnd() % 8), MADV_REMOVE); /* a hole */
				uint32_t m[2] = {rnd() % 3 == 0 ? (uint32_t)rnd() : 2, (uint32_t)rnd()};
				if (rnd() % 8 == 0) send(w.socket, m, 1 + rnd() % 8, MSG_NOSIGNAL | MSG_DONTWAIT);
			}
		}
		if (rnd() % 3 == 0) send(w.socket, (uint32_t[2]){1, 0}, 8, MSG_NOSIGNAL | MSG_DONTWAIT);
		close(w.socket), w.socket = -1; /* the mapping stays a little longer */
		for (int i = 0; strcmp(mode, "news") && i < 20000; i++) ((volatile uint64_t *)words)[rnd() % count] = rnd();
		slotstream_fail(&w, NULL, NULL);
		for (uint64_t i = rnd() % 4; i; i--) garbage(argv[1], n), hellos++;
	}
	printf("joined %llu, rounds %llu, hellos %llu\n", (unsigned long long)joined, (unsigned long long)rounds, (unsigned long long)hellos);
	return 0;
}
