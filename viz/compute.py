"""One computation of the live lane: rasterise, forward, read, trace; without Qt and threads.

Constructing a Computer imports torch and loads the weights (about a second and a half).
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from viz.measure.inspection import trace
from viz.measure.reading import read
from viz.nets.weights import load_weights
from viz.scene import rasterize_scene
from viz.snapshot import Request, Snapshot


class Computer:
    """Callable: Request → Snapshot, on the calling thread."""

    def __init__(self, cancelled: Callable[[], bool] | None = None) -> None:
        """``cancelled`` is asked while a long scene is rasterised; True raises Cancelled."""
        gc.disable()
        import torch

        from viz.nets import load_pretrained

        # Torch brings some hundred thousand objects that live for ever: a collector that looks
        # through them again and again costs a frame 0.1 s each time.
        gc.freeze()
        gc.enable()
        # A second thread would fight the GUI for the cores: p99 7 ms with one, 54 with two.
        torch.set_num_threads(1)
        self._cancelled = cancelled
        self._torch = torch
        self._net = load_pretrained()
        self._weights = load_weights()

    def __call__(self, request: Request) -> Snapshot:
        start = time.perf_counter()
        image = rasterize_scene(request.scene, self._cancelled)
        rastered = time.perf_counter()
        with self._torch.inference_mode():
            tensors = self._net(self._torch.from_numpy(image)[None, None], request.ablated)
        forwarded = time.perf_counter()
        maps = {name: tensor[0].numpy() for name, tensor in tensors.items()}
        for array in (image, *maps.values()):
            array.setflags(write=False)
        unit = request.inspected
        explained = unit and trace(
            image,
            maps,
            self._weights,
            unit.layer,
            (unit.map, unit.row, unit.column),
            ablated=unit.map in request.ablated.get(unit.layer, ()),
        )
        reading = read(np.asarray(maps["output"]))
        return Snapshot(
            request,
            image,
            MappingProxyType(maps),
            reading,
            explained or None,
            raster_ms=(rastered - start) * 1e3,
            forward_ms=(forwarded - rastered) * 1e3,
            compute_ms=(time.perf_counter() - start) * 1e3,
        )
