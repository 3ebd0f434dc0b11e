"""Store transforms straight into a slotstream arena of another process: a viewer, or a recorder.

>>> w = Writer("swarm", 3, address="/nowhere")   # name, slots; without an address: where viewers listen by default
>>> w.poses([(0, 0, 0), (2, 0, 0), (4, 0, 0)])   # where the three are; quaternions may turn them
>>> w.commit()                                   # shows all of it at once; True if a viewer listens
False
>>> m = w.stage()                                # or fill (3, 4, 4) float32 yourself: memory that the viewer reads
>>> m[1, 3, 0] = 7.0                             # slot 1 is at x = 7

A matrix lies column by column, as on the GPU: m[i, 0], m[i, 1], m[i, 2] are slot i's axes, and m[i, 3, :3] is its place.
No call waits for a viewer: a Writer joins one that comes, with its last values, and again after the viewer restarted.
A Writer is for one thread. Python 3.9 and later, Linux, with numpy where it is installed; one file: copy it. MIT.
Slotstream's package arena/shared documents every byte of the protocol (go doc)."""
from __future__ import annotations
import contextlib, ctypes, json, mmap, operator, os, platform, re, socket, struct, time as clock, weakref

try: import numpy as np
except ImportError: np = None  # views are memoryviews then, which take m[i, 3, 0] = x

MAT4, MOTION, _TICK = "16float32", "3float32 1uint32 12float32", struct.Struct("<Qq").pack_into
_FIELDS = [("from", "f4", 3), ("start", "u4"), ("from_turn", "f4", 4), ("to", "f4", 3), ("scale", "f4"), ("to_turn", "f4", 4)]
_CHARS = dict(zip("float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64 pad".split(), "fdbBhHiIqQx"))
_CODE = {  # uint32 exchange(uint32 *at, uint32 word), which acquires and releases: mov eax, esi; xchg [rdi], eax; ret
    "x86_64": bytes.fromhex("89f0 8707 c3"),  # and 1: ldaxr w2, [x0]; stlxr w3, w1, [x0]; cbnz w3, 1b; mov w0, w2; ret
    "aarch64": struct.pack("<5I", 0x885FFC02, 0x8803FC01, 0x35FFFFC3, 0x2A0203E0, 0xD65F03C0)}


class Writer(contextlib.AbstractContextManager):
    """A run of slots in a viewer, which this process writes under a name of its own.
    layout: "mat4", "motion" (the GPU blends from tick to tick; fill the slots by poses), or words, as "3float32 1uint32".
    metadata, a dict or a string, is for the viewer. free: the slots vanish when this writer ends; otherwise its last commit
    stays for a while. seed: the first stage has the values that show. wait=True waits for a viewer, wait=2.5 waits 2.5 s,
    wait=False goes on without. ConnectionError if the viewer refuses, or the wait is over; error tells why none shows this."""

    def __init__(self, name: str, slots: int, *, address: str = "", layout: str = "mat4", metadata: dict | str = "",
                 free: bool = False, seed: bool = False, wait: bool | float = False) -> None:
        where = os.environ.get("SLOTSTREAM_SOCKET") or (os.environ.get("XDG_RUNTIME_DIR") or "/tmp") + "/slotstream.sock"
        self.name, self.slots, self.address, self.number, self.error = name, slots, address or where, 0, ""
        self.layout = {"mat4": MAT4, "motion": MOTION}.get(layout, layout)
        words = re.findall(r"(\d+)([a-z]+\d*)", self.layout)
        if not words or " ".join(map("".join, words)) != self.layout or {kind for _, kind in words} - set(_CHARS):
            raise ValueError(f'slotstream: layout={layout!r}: want "mat4", "motion" or words, as "3float32 1uint32"')
        self._slot = struct.Struct("<" + "".join(count + _CHARS[kind] for count, kind in words))
        char, *shape = ("f", 4, 4) if self.layout == MAT4 else ("B", self._slot.size) if len(words) > 1 else (_CHARS[words[0][1]], int(words[0][0]))
        self._type, self._cells = _FIELDS if self.layout == MOTION else (char, tuple(shape)), (char, (slots, *shape))
        note = (metadata if isinstance(metadata, str) else json.dumps(metadata)).encode()
        self._hello = struct.pack("<8sIIQIII28x64s64s64x", b"SLOTSHM1", 1, 0x01020304, slots, self._slot.size,
                                  free | seed << 1, len(note), name.encode(), self.layout.encode()) + note
        self._socket, self._joined, self._looked, self._ns, self._exchange, self._back = None, False, 0.0, None, self._ask, 0
        # Bits of slots: all; set since the last commit; ever set; news of a buffer; whose last value a buffer lacks.
        self._all, self._set, self._ever, self._news, self._stale = (1 << slots) - 1, 0, 0, [0] * 3, [0] * 3
        with contextlib.suppress(KeyError, OSError):  # where a process may make no code, the viewer exchanges
            self._page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            self._page.write(_CODE[platform.machine()])
            exchange = ctypes.PYFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32)
            self._exchange = exchange(ctypes.addressof(ctypes.c_char.from_buffer(self._page)))
        self._use(None)
        me, end = weakref.ref(self), clock.monotonic() + (float("inf") if wait is True else wait)
        os.register_at_fork(after_in_child=lambda: me() and me()._end("a forked child does not write", float("inf")))
        while not self.alive() and "refused" not in self.error and clock.monotonic() < end + 2 * bool(self._socket): clock.sleep(0.001 if self._socket else 0.05)
        if not self._joined and (wait or "refused" in self.error): raise ConnectionError(f"slotstream: {self.address}: {self.error}")
    def _use(self, block: mmap.mmap | None) -> None:  # from now on, beginning with the last values; None: our own memory
        words, size = (self.slots + 63) // 64 * 8, self.slots * self._slot.size
        if block is None:
            block = mmap.mmap(-1, 4096 + 3 * words + 3 * size)
            struct.pack_into("<6Q928xI", block, 48, 4096, words, 4096 + 3 * words, size, 0, 1024, 1)  # as a viewer lays it out
        news, by, values, apart, _, middle = struct.unpack_from("<6Q", block, 48)
        buffers = [memoryview(block)[values + b * apart:][:size] for b in range(3)]
        self._set = self._ever = (self._ever | self._set) & ~self._gather(buffers[0], self._ever | self._set)
        self._news, self._stale, self._back, self._last, self._block, self._bytes = [0] * 3, [0] * 3, 0, 1, block, buffers
        self._bits = [memoryview(block)[news + b * by:][:words] for b in range(3)]
        self._at = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(block, middle)))  # boxed: that is faster to pass
        self._middle = memoryview(block)[middle:middle + 4].cast("I")
        self._views = [np.frombuffer(b, self._type) if np else b.cast(*self._cells) for b in buffers]
        self.index: int = struct.unpack_from("<Q", block, 40)[0]  # of slot 0 in the viewer's arena
    def _gather(self, to: memoryview, bits: int, first: int = 0) -> int:
        # Copies the slots' last values to a buffer that begins with slot first. Returns the slots that have none.
        for b, has in [(self._back, self._set)] + [(b, self._ever & ~self._stale[b]) for b in range(3)]:
            for run in re.finditer("1+", bin(bits & has)[:1:-1]):
                lo, hi, skip = (at * self._slot.size for at in (*run.span(), first))
                to[lo - skip:hi - skip] = self._bytes[b][lo:hi]
            bits &= ~has
        return bits

    def alive(self) -> bool:
        """Whether a viewer shows this writer. It joins one that has come: call it when nothing is staged. commit calls it."""
        if self._looked == float("inf"): return False  # it was closed
        self._looked = clock.monotonic_ns()
        try:
            if not self._socket:
                self._socket, self.error = socket.socket(socket.AF_UNIX), "the viewer has not answered yet"
                self._socket.setblocking(False)
                self._socket.connect(self.address)
                self._socket.setblocking(True)
                self._socket.send(self._hello)
            answer, notes, _, _ = self._socket.recvmsg(256, socket.CMSG_LEN(4), socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC)
        except OSError as e:
            return self._joined if isinstance(e, BlockingIOError) else self._end(f"no viewer listens ({e.strerror or e})")
        if not notes: return self._end("refused: " + answer[64:].rstrip(b"\0").decode() if answer else "the viewer ended")
        with open(int.from_bytes(notes[0][2], "little"), "r+b", 0) as fd:
            self._use(mmap.mmap(fd.fileno(), struct.unpack_from("<Q", answer, 16)[0]))
        self._joined, self.error = True, ""
        return True
    def _end(self, why: str, forever: float = 0.0) -> bool:  # the block that is mapped is memory of our own from now on
        self._socket and self._socket.close()
        self._socket, self._joined, self.error, self._looked = None, False, why, max(self._looked, forever)
        return bool(forever and self._use(None))

    def stage(self, first: int = 0, n: int | None = None):
        """Lend n slots from first on, all by default, as a view without a copy. Fill all of it before the next commit, and
        do not keep it after that. What it holds before is undefined. IndexError if there are no such slots."""
        n = self.slots - first if n is None else n
        if not 0 <= first <= first + n <= self.slots: raise IndexError(f"slotstream: no {n} slots from {first} on: there are {self.slots}")
        self._set = self._all if n == self.slots else self._set | ((1 << n) - 1) << first
        return self._views[self._back] if n == self.slots else self._views[self._back][first:first + n]

    def set(self, i, value) -> None:
        """Copy value to slot i, for the next commit. With numpy, i may be an array of indices, and value one of values."""
        slots = np.zeros(self.slots, bool) if np else bytearray(self.slots)
        slots[i] = 1  # IndexError if there is no such slot
        if np: self._views[self._back][i] = value
        else: self._bytes[self._back][i % self.slots * self._slot.size:][:self._slot.size] = self._slot.pack(*value)
        self._set |= int.from_bytes(np.packbits(slots, bitorder="little").tobytes(), "little") if np else 1 << i % self.slots
    def _fill(self, first: int, words, *values) -> None:  # 16 words a slot; numpy makes those of all slots at once
        if np:
            rows = words(*(np.moveaxis(np.asarray(v, "f4"), 0, -1) for v in values))
            new = memoryview(np.array(np.broadcast_arrays(*rows), "f4").T.copy().reshape(-1).view("u1"))
        else:
            new = memoryview(bytearray(b"".join(self._slot.pack(*words(*v)) for v in zip(*values))))
        if self.layout == MOTION:  # begins at the slot's last pose, or at the new one where there is no last one
            last, n = memoryview(bytearray(new)), len(new) // 64
            self._gather(last, ((1 << n) - 1) << first, first)
            new.cast("I")[3::16] = memoryview(struct.pack("<I", self._ns // 1000 & 0xFFFFFFFF) * n).cast("I")
            for k in (0, 1, 2, 4, 5, 6, 7): new.cast("I")[k::16] = last.cast("I")[k + 8::16]
        self.stage(first, len(new) // 64)
        self._bytes[self._back][first * 64:first * 64 + len(new)] = new
    def mat4(self, matrices, first: int = 0) -> None:
        """Set the slots from first on to matrices (n, 4, 4) as mathematics writes them: the place is the last column."""
        def words(m):
            wrong = sum(abs(m[3][c] - (c == 3)) for c in range(4))
            if not (wrong.any() if np else wrong) and self.layout == MAT4: return [m[k % 4][k // 4] for k in range(16)]
            raise ValueError("slotstream: mat4 wants (0, 0, 0, 1) as a matrix's last row, and a writer of layout mat4")
        self._fill(first, words, matrices)

    def poses(self, positions, quaternions=None, *, order: str = "wxyz", scale: float = 1.0, first: int = 0, time=None) -> None:
        """Set the slots from first on to positions (n, 3), turned by unit quaternions (n, 4) in that order or in "xyzw".
        With layout "motion" the viewer blends from the slots' last poses to these, from time on (see commit)."""
        turns = [[float(c == "w") for c in order]] * len(positions) if quaternions is None else quaternions
        if order not in ("wxyz", "xyzw") or self.layout not in (MAT4, MOTION) or len(turns) != len(positions):
            raise ValueError(f'slotstream: poses: {len(positions)} positions, {len(turns)} quaternions: want as many; order={order!r}: '
                             f'want "wxyz" or "xyzw"; slots {self.layout!r}: want layout "mat4" or "motion"')
        def words(p, q):
            (u, v, t), (w, x, y, z) = p, q if order == "wxyz" else (q[3], q[0], q[1], q[2])
            if self.layout == MOTION: return u, v, t, 0, w, x, y, z, u, v, t, scale, w, x, y, z
            a, b, c, s = 2 * scale * x, 2 * scale * y, 2 * scale * z, scale
            return (s - b * y - c * z, a * y + c * w, a * z - b * w, 0, a * y - c * w, s - a * x - c * z, b * z + a * w, 0,
                    a * z + b * w, b * z - a * w, s - a * x - b * y, 0, u, v, t, 1)
        self._ns = self._nanoseconds(time)
        self._fill(first, words, positions, turns)
    def _nanoseconds(self, time: float | int | None) -> int:
        return clock.monotonic_ns() if time is None else operator.index(time) if hasattr(time, "__index__") else round(time * 1e9)

    def commit(self, number: int | None = None, time: float | int | None = None) -> bool:
        """Show what was staged and set since the last commit, as a tick of that number (the next one by default) and time on
        your simulation's clock: an int of nanoseconds or a float of seconds (time.monotonic by default). Return whether a
        viewer shows this writer: it notices the end of a viewer within half a second, and joins the next one."""
        if (now := clock.monotonic_ns()) - self._looked > 250_000_000 or self._socket and not self._joined: self.alive()
        b, last, new, self._set = self._back, self._last, self._set, 0
        if new is self._all:
            news, self._stale, self._ever = new, (new, new, 0, new, new)[2 - b:5 - b], new
        else:
            news, self._ever = new | (self._news[last] if self._middle[0] & 4 else 0), self._ever | new  # G1, G2
            late = news & ~new & self._stale[b]
            late and self._gather(self._bytes[b], late)  # G3
            self._stale = [s & ~(new | late) if i == b else s | new for i, s in enumerate(self._stale)]
        if news != self._news[b]: self._bits[b][:], self._news[b] = news.to_bytes(len(self._bits[b]), "little"), news
        self.number = self.number + 1 if number is None else number
        ns, self._ns = self._nanoseconds(time) if time is not None else now if self._ns is None else self._ns, None
        _TICK(self._block, 320 + 64 * b, self.number, ns)
        self._last, self._back = b, self._exchange(self._at, b | 4) & 3  # G4
        return self._joined
    def _ask(self, _, word: int) -> int:  # the viewer to exchange: the only call that waits for it
        try:
            self._socket.send(struct.pack("<II", 2, word))
            return struct.unpack("<II", self._socket.recv(8, socket.MSG_WAITALL))[1]
        except (OSError, struct.error, AttributeError):  # there is none
            old, self._middle[0] = self._middle[0], word
            return old
    def discard(self) -> None:
        """Forget what was staged and set since the last commit: for a tick that failed half-way."""
        self._stale, self._set = [s | self._set if b == self._back else s for b, s in enumerate(self._stale)], 0
    def close(self, *_) -> None:
        """Say goodbye to the viewer; the end of a with block does so too."""
        with contextlib.suppress(OSError): self._joined and self._socket.send(struct.pack("<II", 1, 0))
        self._end("closed", float("inf"))
    __exit__ = close
    def __repr__(self) -> str:
        how = f"tick {self.number}, " + (f"shown at {self.address}" if self._joined else self.error)
        return f"<slotstream.Writer {self.name!r}: {self.slots} slots of {self.layout}, {how}>"
