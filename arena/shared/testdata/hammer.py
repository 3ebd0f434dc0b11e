"""hammer.c in Python: hammer.py ADDRESS NAME SLOTS whole|sparse LEDGER. PURE in the environment: without numpy.
HOST: the host exchanges. It ends by itself after TICKS, if there is that."""
import mmap
import os
import random
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
sys.dont_write_bytecode = True
if "PURE" in os.environ:
    sys.modules["numpy"] = None
import slotstream

address, name, n, mode, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
if "HOST" in os.environ:
    slotstream._CODE.clear()
np = slotstream.np
assert (np is None) == ("PURE" in os.environ)
book = mmap.mmap(os.open(path, os.O_RDWR), 4096)
w = slotstream.Writer(name, n, address=address, layout="16uint32", seed=True, wait=True)
assert (w._exchange == w._ask) == ("HOST" in os.environ)
J = range(16)
seed = [list(r) for r in w._views[0].tolist()]
k, holds = seed[0][0], [r[0] for r in seed]
if mode == "whole":
    assert all(x == k for r in seed for x in r), "the seed is not whole"
else:
    assert sum(holds[1:]) & 0xFFFFFFFF == seed[0][1], "the seed is not whole"
assert struct.unpack_from("<Q", book, 8)[0] <= k, "the seed is older than the last commit"
total, x, rng = sum(holds[1:]), k * 1000, random.Random(os.getpid())


def record():
    global x
    x += 1
    first = x * 2654435761 & 0xFFFFFFFF
    return [first + j & 0xFFFFFFFF for j in J]


def put(i, set=w.set):
    global total
    r = record()
    total += r[0] - holds[i]
    holds[i] = r[0]
    set(i, r)


end = k + int(os.environ.get("TICKS", 1 << 60))
while k < end:
    k += 1
    struct.pack_into("<Q", book, 0, k)
    if mode == "whole":
        m = w.stage()
        if np:
            m[:] = k
        else:
            w._bytes[w._back][:] = struct.pack("<I", k) * (16 * n)
    else:
        c = rng.randrange(12) if n > 1 else 9
        if c == 0:
            for i in range(1, n):
                put(i)
        elif c == 1:
            first = rng.randrange(1, n)
            view = w.stage(first, rng.randrange(n - first + 1))
            for i in range(len(view)):
                if np:
                    put(first + i, lambda i, r: view.__setitem__(i - first, r))
                else:
                    put(first + i, lambda i, r: [view.__setitem__((i - first, j), r[j]) for j in J])
        elif c == 2 and np:
            at = np.unique(np.array([rng.randrange(1, n) for _ in range(5)]))
            rs = [record() for _ in at]
            total += sum(r[0] - holds[i] for i, r in zip(at, rs))
            for i, r in zip(at, rs):
                holds[i] = r[0]
            w.set(at, np.array(rs, "u4"))
        elif c < 9:
            if rng.randrange(8) == 0:
                w.set(rng.randrange(1, n), record())
                w.discard()
            for _ in range(rng.randrange(5)):
                put(rng.randrange(1, n))
        w.set(0, [k, total & 0xFFFFFFFF] + [0] * 14)
    if not w.commit(k, -k):
        print(w.error, file=sys.stderr)
        sys.exit(5)
    struct.pack_into("<Q", book, 8, k)
print(w)
