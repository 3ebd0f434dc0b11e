"""figures.py ADDRESS SLOTS ROUNDS: store and commit by numpy, beside a copy of the same bytes into memory of its own.
HOST in the environment: the host exchanges. It prints "VALUE UNIT" lines, for BenchmarkStore."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
sys.dont_write_bytecode = True
import numpy as np
import slotstream

if "HOST" in os.environ:
    slotstream._CODE.clear()
n, rounds = int(sys.argv[2]), int(sys.argv[3])
w = slotstream.Writer("store", n, address=sys.argv[1], wait=True)
source, copies = np.random.rand(n, 4, 4).astype("f4"), [np.ones((n, 4, 4), "f4") for _ in range(3)]
times, now, ns, ratios = 10 if n > 10000 else 100, time.perf_counter_ns, [], []
for _ in range(rounds):
    a = now()
    for k in range(times):
        copies[k % 3][:] = source
    b = now()
    for k in range(times):
        w.stage()[:] = source
        w.commit()
    c = now()
    ns.append((c - b) / times / n)
    ratios.append((c - b) / (b - a))
for values, unit in (ns, "ns/slot"), (ratios, "x-copy"):
    values.sort()
    for q, name in (0.1, "p10"), (0.5, "p50"), (0.99, "p99"), (1, "worst"):
        print(f"{values[min(int(q * rounds), rounds - 1)]:.4g} {unit}-{name}")
