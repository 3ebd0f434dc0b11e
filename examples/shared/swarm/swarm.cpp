// swarm.cpp: the simplest way from a C++ simulation of yours to the viewer: positions and quaternions of 1,000 bodies.
// The viewer comes first: go run ./cmd/slotview
//     c++ -O2 -I arena/shared/clients -o swarm examples/shared/swarm/swarm.cpp && ./swarm
#include "slotstream.h"
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

// Motion is a slot of the layout that the GPU blends, from one tick to the next. Quaternions are w, x, y, z.
struct Motion {
	float from[3];
	uint32_t start; // microseconds on the clock of the commits
	float from_turn[4], to[3], scale, to_turn[4];
};

struct Body {
	float place[3], turn[4];
};

// simulate moves the bodies on a helix. Put your simulation here.
static void simulate(std::vector<Body> &bodies, double t) {
	for (size_t i = 0; i < bodies.size(); i++) {
		double a = 0.05 * double(i) + t, r = 8 + 2 * std::sin(3 * t + 0.01 * double(i));
		bodies[i] = {{float(r * std::cos(a)) + 30, 2 + 0.02f * float(i), float(r * std::sin(a))},
		             {float(std::cos(a / 2)), 0, float(-std::sin(a / 2)), 0}};
	}
}

int main() {
	const int hz = 30;
	std::vector<Body> bodies(1000), before;
	slotstream w;
	if (slotstream_open(&w, nullptr, "swarm.cpp", bodies.size(), sizeof(Motion), "3float32 1uint32 12float32", R"({"tick": 0.0333})", SLOTSTREAM_FREE))
		return puts(w.error), 1;
	simulate(bodies, 0);
	for (uint64_t tick = 1;; tick++) {
		before = bodies;
		simulate(bodies, double(tick) / hz);
		int64_t ns = int64_t(tick) * 1000000000 / hz;
		auto *to = static_cast<Motion *>(slotstream_stage(&w, 0, bodies.size())); // the memory that the viewer reads
		for (size_t i = 0; i < bodies.size(); i++) {
			const Body &a = before[i], &b = bodies[i];
			to[i] = {{a.place[0], a.place[1], a.place[2]}, uint32_t(ns / 1000), {a.turn[0], a.turn[1], a.turn[2], a.turn[3]},
			         {b.place[0], b.place[1], b.place[2]}, 0.8f, {b.turn[0], b.turn[1], b.turn[2], b.turn[3]}};
		}
		if (!slotstream_commit(&w, tick, ns)) return puts(w.error), 1; // shows all of them at once
		std::this_thread::sleep_for(std::chrono::milliseconds(1000 / hz));
	}
}
