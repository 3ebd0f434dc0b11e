"""bodies.py: 1,000 cubes fall and bounce, by plain Python. It shows in a viewer that listens now, or comes later."""
import os
import random
import sys
import time

sys.path.append(os.path.join(os.path.dirname(__file__), "../../../arena/shared/clients"))
import slotstream

N, HZ = 1000, 60
places = [[random.uniform(-4, 4), random.uniform(1, 12), random.uniform(-4, 4)] for _ in range(N)]
speeds = [[random.gauss(0, 2) for _ in range(3)] for _ in range(N)]
with slotstream.Writer("bodies.py", N, metadata={"mesh": "cube"}, free=True) as w:
    while True:
        for p, v in zip(places, speeds):
            v[1] -= 9.81 / HZ
            for k in range(3):
                p[k] += v[k] / HZ
                if k != 1 and abs(p[k]) > 4.5 or k == 1 and p[k] < 0.2:  # a wall or the floor
                    p[k] -= v[k] / HZ
                    v[k] *= -0.8
        w.poses(places, scale=0.4)
        w.commit()
        time.sleep(1 / HZ)
