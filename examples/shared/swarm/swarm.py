"""swarm.py: 1,000 birds fly in flocks, by numpy. It shows in a viewer that runs now, or that comes later:
    go run ./cmd/slotview"""
import os
import sys
import time

import numpy as np

sys.path.append(os.path.join(os.path.dirname(__file__), "../../../arena/shared/clients"))
import slotstream  # one file: copy it beside a program of your own

N, HZ = 1000, 30  # birds, ticks a second
rng = np.random.default_rng(1)
place = rng.normal((0, 12, 0), 6, (N, 3)).astype("f4")  # metres; y is up
speed = rng.normal(0, 4, (N, 3)).astype("f4")


def step(dt):
    """Craig Reynolds's boids: stay near the neighbours, fly as they do, and do not touch them."""
    square = (place**2).sum(1)
    far = square[:, None] + square - 2 * place @ place.T  # squared distances of all pairs
    near = (far < 3**2).astype("f4")
    count = near.sum(1, keepdims=True)
    push = np.where(far < 1.2**2, 1 / (far + 0.1), 0).astype("f4")
    pull = (near @ place / count - place) + 0.8 * (near @ speed / count - speed) + 2 * (place * push.sum(1, keepdims=True) - push @ place)
    out = place - (0, 12, 0)
    pull -= out * np.maximum(np.linalg.norm(out, axis=1, keepdims=True) - 12, 0) * 0.1  # home is a ball of 12 m
    speed[:] += pull * dt
    fast = np.linalg.norm(speed, axis=1, keepdims=True)
    speed[:] *= np.clip(fast, 4, 9) / fast
    place[:] += speed * dt


def ahead():
    """Quaternions w, x, y, z that turn an arrow, which points along z, to where each bird flies."""
    x, y, z = (speed / np.linalg.norm(speed, axis=1, keepdims=True)).T
    q = np.stack([1.0001 + z, -y, x, 0 * x], axis=1)
    return q / np.linalg.norm(q, axis=1, keepdims=True)


# layout "motion": the viewer's GPU blends from tick to tick, so that 30 ticks a second look like 60 frames.
with slotstream.Writer("swarm", N, layout="motion", metadata={"mesh": "arrow", "tick": 1 / HZ}, free=True) as w:
    if not w.alive():
        print(f"{w.error}: going on, and showing when one comes (go run ./cmd/slotview)", flush=True)
    began = time.monotonic()
    for tick in range(1, 1 << 62):
        step(1 / HZ)
        w.poses(place, ahead(), scale=2, time=tick / HZ)  # positions (N, 3) and quaternions (N, 4), straight from numpy
        w.commit(tick)  # shows all 1,000 at once
        time.sleep(max(began + tick / HZ - time.monotonic(), 0))
