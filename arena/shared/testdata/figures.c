/* figures: what BenchmarkStore, BenchmarkAge and BenchmarkOtherwise measure of the C client. It prints "VALUE UNIT" lines.
 *
 *   figures store ADDRESS SLOTS ROUNDS          store and commit, beside memcpy of the same bytes into memory of its own
 *   figures write WAY ADDRESS SLOTS HZ TICKS    a tick of that many matrices, HZ times a second, by shared, socket, zmq, nats
 *   figures read WAY ADDRESS SLOTS TICKS        the reader of the last three: copies each tick to a mirror of its own
 *
 * An age goes from just before the writer stores or sends a tick to the moment at which the reader's mirror has it. */
#include "slotstream.h"
#ifdef OTHERWISE
#include <nats/nats.h>
#include <zmq.h>
#endif

static int64_t now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void print(double *v, size_t n, const char *what) {
	qsort(v, n, sizeof *v, ascending);
	printf("%.4g %s-p10\n%.4g %s-p50\n%.4g %s-p99\n%.4g %s-worst\n", v[n / 10], what, v[n / 2], what, v[n * 99 / 100], what, v[n - 1], what);
}

static void *fresh(size_t bytes) {
	void *m = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	return m == MAP_FAILED ? exit(1), NULL : m;
}

static void die(const char *why) { fprintf(stderr, "figures: %s\n", why), exit(1); }

static int store(const char *address, size_t n, size_t rounds) {
	slotstream w;
	if (slotstream_open(&w, address, "store", n, 64, "16float32", "", 0)) die(w.error);
	const size_t bytes = 64 * n, most = 256 << 10, times = n > 10000 ? 10 : 100;
	char *from = (char *)fresh(bytes), *to[3] = {(char *)fresh(bytes), (char *)fresh(bytes), (char *)fresh(bytes)};
	double *pieces = (double *)malloc(rounds * 8), *whole = (double *)malloc(rounds * 8), *ns = (double *)malloc(rounds * 8);
	for (size_t i = 0; i < bytes; i++) from[i] = (char)(i * 7);
	for (size_t r = 0; r < rounds; r++) {
		int64_t at[4] = {now()};
		for (size_t k = 0; k < times; k++) /* the same pieces as slotstream_store's */
			for (size_t i = 0; i < bytes; i += most) memcpy(to[k % 3] + i, from + i, bytes - i < most ? bytes - i : most);
		at[1] = now();
		for (size_t k = 0; k < times; k++)
			if (slotstream_store(&w, 0, n, from) || !slotstream_commit(&w, r * times + k + 1, 0)) die(w.error);
		at[2] = now();
		for (size_t k = 0; k < times; k++) memcpy(to[k % 3], from, bytes);
		at[3] = now();
		ns[r] = (double)(at[2] - at[1]) / (double)(times * n);
		pieces[r] = (double)(at[2] - at[1]) / (double)(at[1] - at[0]);
		whole[r] = (double)(at[2] - at[1]) / (double)(at[3] - at[2]);
		for (int i = 0; i < 3; i++) to[i][r % bytes]++; /* the copies are needed */
	}
	print(ns, rounds, "ns/slot"), print(pieces, rounds, "x-pieces"), print(whole, rounds, "x-memcpy");
	slotstream_close(&w);
	return 0;
}

static int unix_socket(const char *address, struct sockaddr_un *to) {
	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX, strncpy(to->sun_path, address, sizeof to->sun_path - 1);
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int writes(const char *way, const char *address, size_t n, double hz, size_t ticks) {
	slotstream w;
	struct sockaddr_un to;
	const size_t bytes = 64 * n;
	char *from = (char *)fresh(bytes);
	double *cost = (double *)malloc(ticks * 8);
	int s = -1;
	const int shared = !strcmp(way, "shared");
#ifdef OTHERWISE
	natsConnection *nats = NULL;
	void *z = NULL, *context = zmq_ctx_new();
	if (!strcmp(way, "zmq") && (z = zmq_socket(context, ZMQ_PUSH), zmq_connect(z, address))) die("zmq_connect");
	if (!strcmp(way, "nats") && natsConnection_ConnectTo(&nats, address)) die("nats");
#endif
	if (shared && slotstream_open(&w, address, "age", n, 64, "16float32", "", SLOTSTREAM_FREE)) die(w.error);
	if (!strcmp(way, "socket") && (s = unix_socket(address, &to), connect(s, (struct sockaddr *)&to, sizeof to))) die("connect");
	usleep(300000);
	int64_t next = now();
	for (size_t k = 0; k < ticks; k++) {
		next += (int64_t)(1e9 / hz);
		const struct timespec at = {next / 1000000000, next % 1000000000};
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		from[100]++;
		int64_t began = now();
		memcpy(from, &began, 8);
		if (shared) {
			if (slotstream_store(&w, 0, n, from) || !slotstream_commit(&w, k + 1, began)) die(w.error);
		} else if (s >= 0) {
			for (size_t i = 0; i < bytes;) {
				ssize_t sent = write(s, from + i, bytes - i);
				if (sent <= 0) die("write");
				i += (size_t)sent;
			}
		}
#ifdef OTHERWISE
		if (z && zmq_send(z, from, bytes, 0) < 0) die("zmq_send");
		if (nats && natsConnection_Publish(nats, "t", from, (int)bytes)) die("publish");
#endif
		cost[k] = (double)(now() - began) / 1e3;
	}
	usleep(100000);
	print(cost, ticks, "us-write");
#ifdef OTHERWISE /* what waits to be sent is sent */
	if (nats && natsConnection_FlushTimeout(nats, 10000)) die("flush");
	if (z) zmq_close(z), zmq_ctx_term(context);
#endif
	return 0;
}

static int reads(const char *way, const char *address, size_t n, size_t ticks) {
	struct sockaddr_un to;
	const size_t bytes = 64 * n;
	char *mirror = (char *)fresh(bytes);
	double *age = (double *)malloc(ticks * 8);
	int s = -1;
#ifdef OTHERWISE
	void *z = NULL;
	natsConnection *nats = NULL;
	natsSubscription *sub = NULL;
	if (!strcmp(way, "zmq") && (z = zmq_socket(zmq_ctx_new(), ZMQ_PULL), zmq_bind(z, address))) die("zmq_bind");
	if (!strcmp(way, "nats") && (natsConnection_ConnectTo(&nats, address) || natsConnection_SubscribeSync(&sub, nats, "t") ||
		natsSubscription_SetPendingLimits(sub, -1, -1) || natsConnection_Flush(nats))) die("nats");
#endif
	if (!strcmp(way, "socket")) {
		int l = unix_socket(address, &to);
		if (bind(l, (struct sockaddr *)&to, sizeof to) || listen(l, 1)) die("listen");
		puts("ready"), fflush(stdout);
		s = accept(l, NULL, NULL);
	} else puts("ready"), fflush(stdout);
	for (size_t k = 0; k < ticks; k++) {
		for (size_t i = 0; s >= 0 && i < bytes;) {
			ssize_t got = read(s, mirror + i, bytes - i);
			if (got <= 0) die("read");
			i += (size_t)got;
		}
#ifdef OTHERWISE
		if (z) { /* straight into the mirror would copy as well */
			zmq_msg_t m;
			if (zmq_msg_init(&m) || zmq_msg_recv(&m, z, 0) != (int)bytes) die("zmq_msg_recv");
			memcpy(mirror, zmq_msg_data(&m), bytes), zmq_msg_close(&m);
		}
		if (sub) {
			natsMsg *m;
			if (natsSubscription_NextMsg(&m, sub, 10000) || natsMsg_GetDataLength(m) != (int)bytes) die("NextMsg");
			memcpy(mirror, natsMsg_GetData(m), bytes), natsMsg_Destroy(m);
		}
#endif
		int64_t began;
		memcpy(&began, mirror, 8);
		age[k] = (double)(now() - began) / 1e3;
	}
	print(age, ticks, "us-age");
	return 0;
}

int main(int argc, char **argv) {
	if (argc == 5 && !strcmp(argv[1], "store")) return store(argv[2], (size_t)atol(argv[3]), (size_t)atol(argv[4]));
	if (argc == 7 && !strcmp(argv[1], "write")) return writes(argv[2], argv[3], (size_t)atol(argv[4]), atof(argv[5]), (size_t)atol(argv[6]));
	if (argc == 6 && !strcmp(argv[1], "read")) return reads(argv[2], argv[3], (size_t)atol(argv[4]), (size_t)atol(argv[5]));
	return 2;
}
