"""One computation of the live lane: rasterise, forward, read, trace; without Qt and threads.

Constructing Nets imports torch, which takes about a second and a half.
"""

from __future__ import annotations

import gc
import threading
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from viz.errors import UserError
from viz.measure.inspection import trace
from viz.measure.reading import read
from viz.model.snapshot import Request, Snapshot
from viz.nets.weights import Weights, load_weights, pretrained_path
from viz.scene import rasterize_scene

if TYPE_CHECKING:
    from viz.nets.lenet5 import LeNet5


class UnavailableError(UserError):
    """A network whose weights are missing or damaged; ``network`` is its name."""

    def __init__(self, network: str, reason: str) -> None:
        super().__init__(reason)
        self.network = network


class Nets:
    """Callable: a name of ``VARIANTS`` → its network, loaded when it is first asked for.

    Raises UnavailableError, each time anew, for one that cannot be loaded; the others can be used
    all the same. Safe to share between threads. Constructing the first one imports torch.
    """

    def __init__(self) -> None:
        gc.disable()
        import torch

        # Torch brings some hundred thousand objects that live for ever: a collector that looks
        # through them again and again costs a frame 0.1 s each time.
        gc.freeze()
        gc.enable()
        # A second thread would fight the GUI for the cores: p99 7 ms with one, 54 with two.
        torch.set_num_threads(1)
        self._loaded: dict[str, LeNet5] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str) -> LeNet5:
        from viz.nets import load_pretrained

        with self._lock:
            if name not in self._loaded:
                try:
                    self._loaded[name] = load_pretrained(name)
                except UserError as error:
                    raise UnavailableError(name, str(error)) from error
            return self._loaded[name]


class Computer:
    """Callable: Request → Snapshot, on the calling thread."""

    def __init__(self, nets: Nets) -> None:
        import torch

        self._torch = torch
        self._nets = nets
        self._weights: dict[str, Weights] = {}
        self._nets("max")

    def __call__(self, request: Request) -> Snapshot:
        start = time.perf_counter()
        image = rasterize_scene(request.scene)
        rastered = time.perf_counter()
        net = self._nets(request.network)
        with self._torch.inference_mode():
            tensors = net(self._torch.from_numpy(image)[None, None], request.ablated)
        forwarded = time.perf_counter()
        maps = {name: tensor[0].numpy() for name, tensor in tensors.items()}
        for array in (image, *maps.values()):
            array.setflags(write=False)
        unit = request.inspected
        explained = unit and trace(
            image,
            maps,
            self._weights_of(request.network),
            unit.layer,
            (unit.map, unit.row, unit.column),
            ablated=unit.map in request.ablated.get(unit.layer, ()),
            pooling=net.pooling,
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

    def _weights_of(self, network: str) -> Weights:
        if network not in self._weights:
            path = None if network == "max" else pretrained_path(network)
            self._weights[network] = load_weights(path)
        return self._weights[network]
