/* bodies.c: the bodies of bodies.py in C, ten metres to the left.
 *     cc -O2 -I arena/shared/clients -o bodies examples/shared/bodies/bodies.c && ./bodies */
#include "slotstream.h"

enum { N = 1000, HZ = 240 };
static float place[N][3], speed[N][3];
static float between(float lo, float hi) { return lo + (hi - lo) * (float)rand() / (float)RAND_MAX; }

int main(void) {
	slotstream w;
	if (slotstream_open(&w, NULL, "bodies.c", N, 64, "16float32", "{\"mesh\":\"cube\"}", SLOTSTREAM_FREE)) return puts(w.error), 1;
	for (int i = 0; i < N; i++)
		for (int k = 0; k < 3; k++) place[i][k] = k == 1 ? between(1, 12) : between(-4, 4), speed[i][k] = between(-3, 3);
	for (uint64_t tick = 1;; tick++) {
		float (*m)[16] = slotstream_stage(&w, 0, N); /* straight into the memory that the viewer reads */
		for (int i = 0; i < N; i++) {
			float *p = place[i], *v = speed[i];
			v[1] -= 9.81f / HZ;
			for (int k = 0; k < 3; k++) {
				p[k] += v[k] / HZ;
				if (k != 1 ? p[k] * p[k] > 4.5f * 4.5f : p[k] < 0.2f) p[k] -= v[k] / HZ, v[k] *= -0.8f; /* a wall or the floor */
			}
			memset(m[i], 0, sizeof m[i]);
			m[i][0] = m[i][5] = m[i][10] = 0.4f, m[i][15] = 1;
			m[i][12] = p[0] - 10, m[i][13] = p[1], m[i][14] = p[2];
		}
		struct timespec now, pause = {0, 1000000000 / HZ};
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (!slotstream_commit(&w, tick, now.tv_sec * 1000000000ll + now.tv_nsec)) return puts(w.error), 1;
		nanosleep(&pause, NULL);
	}
}
