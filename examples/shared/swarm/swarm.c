/* swarm.c: the birds of swarm.py in C, 30 metres to the left. The viewer comes first: go run ./cmd/slotview
 *     cc -O2 -I arena/shared/clients -o swarm examples/shared/swarm/swarm.c -lm && ./swarm */
#include "slotstream.h"
#include <math.h>

enum { N = 1000, HZ = 30 };
typedef struct { float x, y, z; } vec;
static vec place[N], speed[N], pull[N];

static vec sum(vec a, vec b, float k) { vec c = {a.x + k * b.x, a.y + k * b.y, a.z + k * b.z}; return c; }
static float dot(vec a, vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static float normal(void) { /* about a normal distribution */
	float s = -6;
	for (int k = 0; k < 12; k++) s += (float)rand() / (float)RAND_MAX;
	return s;
}

/* Craig Reynolds's boids: stay near the neighbours, fly as they do, and do not touch them. */
static void step(float dt) {
	const vec home = {0, 12, 0};
	for (int i = 0; i < N; i++) {
		vec near = {0, 0, 0}, like = {0, 0, 0}, away = {0, 0, 0}, out = sum(place[i], home, -1);
		float count = 0, far = sqrtf(dot(out, out));
		for (int j = 0; j < N; j++) {
			vec d = sum(place[j], place[i], -1);
			float square = dot(d, d);
			if (square >= 9) continue;
			count++, near = sum(near, d, 1), like = sum(like, sum(speed[j], speed[i], -1), 1);
			if (square < 1.44f) away = sum(away, d, -1 / (square + 0.1f));
		}
		pull[i] = sum(sum(sum(away, away, 1), near, 1 / count), like, 0.8f / count);
		if (far > 12) pull[i] = sum(pull[i], out, -0.1f * (far - 12));
	}
	for (int i = 0; i < N; i++) {
		speed[i] = sum(speed[i], pull[i], dt);
		float fast = sqrtf(dot(speed[i], speed[i]));
		speed[i] = sum(speed[i], speed[i], fminf(fmaxf(fast, 4), 9) / fast - 1), place[i] = sum(place[i], speed[i], dt);
	}
}

int main(void) {
	slotstream w;
	if (slotstream_open(&w, NULL, "swarm.c", N, 64, "16float32", "{\"mesh\":\"arrow\"}", SLOTSTREAM_FREE)) return puts(w.error), 1;
	for (int i = 0; i < N; i++) {
		vec p = {6 * normal(), 12 + 6 * normal(), 6 * normal()}, v = {4 * normal(), 4 * normal(), 4 * normal()};
		place[i] = p, speed[i] = v;
	}
	for (uint64_t tick = 1;; tick++) {
		step(1.0f / HZ);
		float (*m)[16] = slotstream_stage(&w, 0, N); /* straight into the memory that the viewer reads */
		for (int i = 0; i < N; i++) {                /* x, y and z of the arrow, which points along z, and its place */
			vec z = sum(speed[i], speed[i], 1 / sqrtf(dot(speed[i], speed[i])) - 1), x = {z.z, 0.001f, -z.x};
			x = sum(x, x, 1 / sqrtf(dot(x, x)) - 1);
			vec y = {z.y * x.z - z.z * x.y, z.z * x.x - z.x * x.z, z.x * x.y - z.y * x.x};
			float s = 2, columns[16] = {s * x.x, s * x.y, s * x.z, 0, s * y.x, s * y.y, s * y.z, 0, /* birds of two metres */
			                            s * z.x, s * z.y, s * z.z, 0, place[i].x - 30, place[i].y, place[i].z, 1};
			memcpy(m[i], columns, sizeof columns);
		}
		if (!slotstream_commit(&w, tick, (int64_t)tick * 1000000000 / HZ)) return puts(w.error), 1; /* shows all 1,000 at once */
		usleep(1000000 / HZ);
	}
}
