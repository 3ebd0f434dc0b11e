/* hammer: commits as fast as it can until it is killed.
 *
 *   hammer ADDRESS NAME SLOTS whole|sparse LEDGER
 *
 * whole: commit k writes k in every word of every slot. sparse: some slots get values; slot 0 has k and the sum of all
 * other slots' first words, which a mixture of two commits does not have. DIE=K,WHERE in the environment: it kills
 * itself in tick K: 0 in the middle of the stores, 1 before the commit, 2 in the commit before the exchange, 3 behind it.
 * It goes on from the values that the host shows. The file LEDGER has, for the one that kills it, which commit it has
 * begun and which has returned. Exit 3: the values to go on from are not whole, or older than the last commit. 4: refused.
 * 5: the host ended. */
#include "slotstream.h"
#include <fcntl.h>
#include <signal.h>

typedef struct { uint32_t w[16]; } record;

static uint64_t rng = 88172645463325252u;
static uint32_t rnd(uint32_t n) { rng ^= rng << 13, rng ^= rng >> 7, rng ^= rng << 17; return (uint32_t)(rng >> 32) % n; }
static record record_of(uint32_t x) {
	record r;
	for (uint32_t j = 0; j < 16; j++) r.w[j] = x * 2654435761u + j;
	return r;
}

/* The mutations must be caught: news that no Descend has taken are forgotten; the exchange is a load and a store. */
static int commit(slotstream *w, uint32_t k) {
#ifdef NO_CARRY
	w->has[w->last] = 0;
#endif
#ifdef PLAIN
	slotstream_seal(w, k, -(int64_t)k);
	uint32_t old = __atomic_load_n(w->middle, __ATOMIC_ACQUIRE);
	__atomic_store_n(w->middle, w->back | 4, __ATOMIC_RELEASE);
	w->last = w->back, w->back = old & 3;
	return 1;
#endif
	return slotstream_commit(w, k, -(int64_t)k);
}

static uint32_t die_at, die_where = 9;
static void die(uint32_t k, uint32_t where) { if (k == die_at && where == die_where) raise(SIGKILL); }

int main(int argc, char **argv) {
	slotstream w;
	if (argc != 6) return 2;
	if (getenv("DIE")) sscanf(getenv("DIE"), "%u,%u", &die_at, &die_where);
	const uint32_t n = (uint32_t)atol(argv[3]);
	const int sparse = !strcmp(argv[4], "sparse");
	rng ^= (uint64_t)getpid() << 20;
	int fd = open(argv[5], O_RDWR);
	volatile uint64_t *ledger = (uint64_t *)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (slotstream_open(&w, argv[1], argv[2], n, 64, "16uint32", "{}", SLOTSTREAM_SEED)) return fprintf(stderr, "%s\n", w.error), 4;
	const record *seed = (const record *)w.seeded;
	uint32_t k = seed[0].w[0], sum = 0, next = k * 1000;
	uint32_t *holds = (uint32_t *)calloc(n, 4);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < 16; j++) {
			if (!sparse && seed[i].w[j] != k) return 3;
			if (sparse && i > 0 && seed[i].w[0] && seed[i].w[j] != seed[i].w[0] + j) return 3;
		}
	for (uint32_t i = 1; sparse && i < n; i++) sum += holds[i] = seed[i].w[0];
	if (sparse && sum != seed[0].w[1]) return 3;
	if (ledger[1] > k && ledger[2] == 0) return 3; /* not the last commit; a ledger with [2] is of a host that ended */
	ledger[2] = 0;
	for (;;) {
		record head = {{++k, 0}};
		ledger[0] = k;
		if (!sparse) {
			record *at = (record *)slotstream_stage(&w, 0, n);
			for (int j = 0; j < 16; j++) head.w[j] = k;
			for (uint32_t i = 0; i < n; i++) {
				if (i == n / 2) die(k, 0);
				at[i] = head;
			}
		} else {
			uint32_t c = rnd(12), m = n - 1, first = m ? 1 + rnd(m) : 1, count = 0;
			if (c == 0) first = 1, count = m;
			else if (c == 1) count = m ? rnd(n - first + 1) : 0;
			record *at = (record *)slotstream_stage(&w, first, count);
			for (uint32_t i = 0; i < count; i++) {
				at[i] = record_of(++next);
				sum += at[i].w[0] - holds[first + i], holds[first + i] = at[i].w[0];
			}
			if (rnd(20) == 0 && m) { /* a tick that fails half-way */
				record wrong = record_of(1 + rnd(1000));
				uint32_t s = 1 + rnd(m);
				if (!count) slotstream_set(&w, s, &wrong), slotstream_discard(&w);
			}
			for (uint32_t i = c > 1 && c < 9 && m ? rnd(5) : 0; i; i--) {
				uint32_t s = 1 + rnd(m);
				record r = record_of(++next);
				slotstream_set(&w, s, &r);
				sum += r.w[0] - holds[s], holds[s] = r.w[0];
			}
			die(k, 0);
			head.w[1] = sum;
			slotstream_set(&w, 0, &head);
		}
		die(k, 1);
		if (k == die_at && die_where == 2) slotstream_seal(&w, k, -(int64_t)k), die(k, 2);
		if (!commit(&w, k)) return fprintf(stderr, "%s\n", w.error), 5;
		die(k, 3);
		ledger[1] = k;
	}
}
