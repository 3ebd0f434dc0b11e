"""helpers.py ADDRESS: writers whose values the test knows. PURE in the environment: without numpy."""
import math
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "clients"))
sys.dont_write_bytecode = True
if "PURE" in os.environ:
    sys.modules["numpy"] = None
import doctest
import slotstream

np = slotstream.np
address = sys.argv[1]
assert doctest.testmod(slotstream).failed == 0


def error(kind, words, call):
    try:
        call()
    except kind as e:
        assert words in str(e), (words, str(e))
    else:
        raise AssertionError(f"no {kind}: {words}")


def words(w, first=0, n=1):
    """What is staged, as rows of 16 words."""
    return [list(r) for r in struct.iter_unpack("<16f", w._bytes[w._back][first * 64:(first + n) * 64])]


# What is wrong is an error, and stages nothing: the values before show on. No viewer is needed for that.
for wrong in ("mat3", "", "3float31", "quaternion 4float32"):
    error(ValueError, f"layout={wrong!r}", lambda: slotstream.Writer("x", 4, address="/nowhere", layout=wrong))
w = slotstream.Writer("alone", 4, address="/nowhere")
assert not w.alive() and w.error == "no viewer listens (No such file or directory)" and w.error in repr(w), w
w.poses([(1, 2, 3)] * 4)
assert w.commit() is False
good = [[1, 0, 0, 5], [0, 1, 0, 6], [0, 0, 1, 7], [0, 0, 0, 1]]
transposed = [list(column) for column in zip(*good)]
error(ValueError, "last row", lambda: w.mat4([good, transposed]))
error(ValueError, "2 positions, 1 quaternions", lambda: w.poses([(0, 0, 0)] * 2, [(1, 0, 0, 0)]))
error((ValueError, TypeError), "", lambda: w.poses([(0, 0)]))
error((ValueError, TypeError), "", lambda: w.poses([(0, 0, 0)], [(1, 0, 0)]))
error(IndexError, "no 2 slots from 3 on: there are 4", lambda: w.poses([(0, 0, 0)] * 2, first=3))
error(IndexError, "", lambda: w.set(4, [0] * 16))
error(IndexError, "", lambda: w.set(-5, [0] * 16))
error((ValueError, TypeError, struct.error), "", lambda: w.set(1, [0] * 15))
error((ValueError, TypeError, struct.error), "", lambda: w.set(1, ["x"] * 16))
assert w._set == 0
w.set(-1, good if np else sum(good, []))
assert w._set == 8
if np:
    w.set(np.array([0, 2]), np.zeros((2, 4, 4)))
    w.set(np.array([True, False, True, False]), 1)
    w.set(slice(1, 2), 1)
    assert w._set == 15
other = slotstream.Writer("ints", 4, address="/nowhere", layout="16int32")
error(ValueError, "layout mat4", lambda: other.mat4([good]))
error(ValueError, "16int32", lambda: other.poses([(0, 0, 0)]))

# A motion goes on from the pose that was committed last, of each slot: not from one that was discarded, and no matter
# in which calls the slots were given their poses. A viewer that comes later gets the same.
w = slotstream.Writer("motion", 70, address="/nowhere", layout="motion")
w.poses([(i, 0, 0) for i in range(70)], time=0)
w.commit()
w.poses([(100, 0, 0)], first=69, time=0)
w.commit()
w.poses([(200, 0, 0)] * 70, time=0)
w.discard()
w.poses([(i, 1, 0) for i in range(60, 70)], first=60, time=0)
assert [r[:3] for r in words(w, 60, 10)] == [[i, 0, 0] for i in range(60, 69)] + [[100, 0, 0]], words(w, 60, 10)
w._use(None)  # as a viewer comes
w.poses([(300, 0, 0)], first=69, time=0)
assert words(w, 69)[0][:3] == [69, 1, 0], words(w, 69)

# Slot i of mat4 has a turn of 90 degrees about z, as a matrix, as wxyz, and as xyzw; then a scale.
half = math.sqrt(0.5)
with slotstream.Writer("mat4", 4, address=address, metadata={"mesh": "cube"}, wait=True) as w:
    assert repr(w) == f"<slotstream.Writer 'mat4': 4 slots of 16float32, tick 0, shown at {address}>", w
    assert w.stage().shape == (4, 4, 4)
    w.discard()
    w.mat4([[[0, -1, 0, 5], [1, 0, 0, 6], [0, 0, 1, 7], [0, 0, 0, 1]]])
    w.poses([[5, 6, 7]], [[half, 0, 0, half]], first=1)
    w.poses([(5, 6, 7)], [(0, 0, half, half)], first=2, order="xyzw")
    w.poses([(5, 6, 7)], first=3, scale=2)
    assert w.commit(7, 1.5) and w.number == 7
    error(ValueError, "last row", lambda: w.mat4([[[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [5, 6, 7, 1]]]))
    error(ValueError, "order='wzyx'", lambda: w.poses([(0, 0, 0)], [(1, 0, 0, 0)], order="wzyx"))
    error(IndexError, "no 2 slots from 3 on: there are 4", lambda: w.stage(3, 2))
    error(IndexError, "", lambda: w.set(4, [0] * 16))
    error(ConnectionError, "refused: process", lambda: slotstream.Writer("mat4", 4, address=address))
    error(ConnectionError, "refused: slots of 64 bytes", lambda: slotstream.Writer("x", 4, address=address, layout="16int32"))
    error(ConnectionError, "No such file or directory", lambda: slotstream.Writer("x", 4, address=address + "none", wait=0.1))
    while not os.path.exists(address + ".seen"):
        assert w.alive()
        time.sleep(0.01)
assert not w.alive() and "closed" in repr(w), w

# Slot 0 of motion moves from its last place; slot 1 stands, with a new place and no last one.
with slotstream.Writer("motion", 2, address=address, layout="motion", wait=True) as w:
    w.poses([(1, 2, 3)], [(half, 0, 0, half)], time=0)
    w.commit()
    w.poses([(4, 5, 6)], [(1, 0, 0, 0)], time=3_000_000_000, scale=0.5)
    w.poses([(7, 8, 9)], first=1, time=(2**32 + 5) * 1000)
    if np:
        assert w._views[w._back]["to"].tolist() == [[4, 5, 6], [7, 8, 9]] and w._views[w._back]["start"].tolist() == [3_000_000, 5]
    w.commit(time=np.int64(4_000) if np else 4_000)
    while not os.path.exists(address + ".seen2"):
        time.sleep(0.01)
