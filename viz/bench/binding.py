"""The binding map of a stroke: until its coarse form is there, and until every place is answered.

On one thread, as the measuring lane computes it, with nothing beside it.
"""

from __future__ import annotations

import json
import statistics
import time

import torch

from viz.chapters.binding.measure.binding_map import binding_map
from viz.measure.stroke_selection import likely_part, window_over
from viz.nets import load_pretrained
from viz.scene import digits

RUNS, WARM_UP = 9, 2


def times(runs: int = RUNS) -> dict[str, float]:
    """Median milliseconds until the first map (every fourth place) and until the last (all 625)."""
    torch.set_num_threads(1)
    net = load_pretrained()
    scene = digits.number("31")
    part = likely_part(scene)
    assert part is not None
    window = window_over(scene, part, net.architecture)
    coarse_ms, fine_ms = [], []
    for index in range(runs + WARM_UP):
        start = time.perf_counter()
        took = [
            (time.perf_counter() - start) * 1e3
            for result in binding_map(net, scene, part, window)
            if result is not None
        ]
        if index >= WARM_UP:
            coarse_ms.append(took[0])
            fine_ms.append(took[-1])
    return {"coarse_ms": statistics.median(coarse_ms), "fine_ms": statistics.median(fine_ms)}


if __name__ == "__main__":
    print(json.dumps(times()))
