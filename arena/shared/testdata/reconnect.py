"""reconnect.py ADDRESS LEDGER: sets a few of 100 slots a tick, without waiting for a host. Slot i, from 1 on, has the last
number that was set there; slot 0 has the tick and the sum of all. Prints a line at each change of the host."""
import mmap
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
sys.dont_write_bytecode = True
if "PURE" in os.environ:
    sys.modules["numpy"] = None
import slotstream

book = mmap.mmap(os.open(sys.argv[2], os.O_RDWR), 4096)
w = slotstream.Writer("again", 100, address=sys.argv[1], layout="16uint32")
holds, shown = [0] * 100, None
for k in range(1, 1 << 30):
    i = 1 + k * 7919 % 99
    holds[i] = k
    w.set(i, [k + j for j in range(16)])
    if k % 10 == 0:  # a tick that fails is no part of what comes later
        w.discard()
        holds[i] = 0
        w.set(i, [0] * 16)
    w.set(0, [k, sum(holds) & 0xFFFFFFFF] + [0] * 14)
    now = w.commit(k)
    struct.pack_into("<Q", book, 8, k)
    if now != shown:
        shown = now
        print("shown" if now else "alone", flush=True)
    time.sleep(0.001)
