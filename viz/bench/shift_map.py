"""The shift map: one dense pass beside 841 batched forwards, and beside a drag in the real window.

The first is computed on one thread, as the measuring lane does it, in turns with the forwards. For
the second the window shows the shift map of a digit during a drag.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from viz.measure.shift_map import forwards, shift_map
from viz.nets import load_pretrained
from viz.scene import digits, rasterize_scene

PAIRS, WARM_UP = 12, 2
DRAG_HZ, DRAG_S = 125, 8.0
"""As often as an ordinary USB mouse reports."""


def compare(pairs: int = PAIRS) -> dict[str, float]:
    """Median milliseconds of both, their ratio, and by how much they differ at most."""
    torch.set_num_threads(1)
    net = load_pretrained()
    window = rasterize_scene(digits.number("3", height=32, width=32))
    dense_ms, separate_ms = [], []
    for index in range(pairs + WARM_UP):
        dense, dense_took = _timed(lambda: shift_map(net, window))
        separate, separate_took = _timed(lambda: forwards(net, window))
        if index >= WARM_UP:
            dense_ms.append(dense_took)
            separate_ms.append(separate_took)
    ours, theirs = statistics.median(dense_ms), statistics.median(separate_ms)
    return {
        "dense_ms": ours,
        "forwards_ms": theirs,
        "ratio": theirs / ours,
        "difference": float(np.abs(dense - separate).max()),
    }


def beside_a_drag(seconds: float = DRAG_S) -> dict[str, Any]:
    """Maps a second on the screen while a digit is dragged, and the drag's latency in ms."""
    from viz.bench.drag import Drag, opened, scene_to_drag
    from viz.chapters.equivariance.shift_map import ShiftMap

    scene, grip = scene_to_drag(32, 64)
    application = opened(scene)
    application.document.view.chapter = "equivariance"
    panel = application.window.panels.shown
    assert panel is not None
    view = next(view for view in panel.instruments if isinstance(view, ShiftMap))
    panel.choose(view.id)
    drag = Drag(application, grip)
    drag.press()
    drag.lead(DRAG_HZ, 1.0)  # caches fill, torch warms up
    before, start = view.maps_shown, time.perf_counter()
    drag.lead(DRAG_HZ, seconds)
    spent = time.perf_counter() - start
    maps = view.maps_shown - before
    drag.release()
    application.window.close()
    p50, p99 = np.percentile(drag.latencies_ms, [50, 99])
    return {
        "maps_per_s": maps / spent,
        "latency_ms": {"p50": float(p50), "p99": float(p99)},
        "gui_block_ms": drag.block_ms,
    }


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    print(json.dumps({**compare(), **beside_a_drag()}))
